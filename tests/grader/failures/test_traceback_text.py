"""What real interpreters print, read back: the type, the first line of the text, the file, the line, the causes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.failures import Failure, read_failure
from grader.failures.traceback_text import BOX


@pytest.fixture
def failure_of(tmp_path: Path):
    def run(source: str, **more: str) -> tuple[Failure | None, str]:
        for name, text in {"main.py": source, **{f"{name}.py": text for name, text in more.items()}}.items():
            (tmp_path / name).write_text(text)
        done = subprocess.run([sys.executable, "main.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
        printed = done.stderr.replace(f"{os.path.realpath(tmp_path)}/", BOX)
        return read_failure(printed), printed

    return run


@pytest.mark.parametrize(
    ("source", "type_", "text", "line"),
    [
        ("x = 1\n{}['blue']\n", "KeyError", "'blue'", 2),
        ("def f():\n    raise ValueError('a:\\n  b\\n  c')\nf()\n", "ValueError", "a:", 2),
        ("import atexit, sys\natexit.register(print, 'Done: 1', file=sys.stderr)\n1 / 0\n", "ZeroDivisionError", "division by zero", 3),
        ("import json\njson.loads('{')\n", "JSONDecodeError", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)", 2),
        ("x = 1\nx = (\n", "SyntaxError", "'(' was never closed", 2),
        ("def f(n):\n    return f(n + 1)\nf(0)\n", "RecursionError", "maximum recursion depth exceeded", 2),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt", "", 1),
        ("import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()\n[][3]\n", "IndexError", "list index out of range", 5),
        ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    import traceback\n    traceback.print_exc()\nint('a')\n", "ValueError", "invalid literal for int() with base 10: 'a'", 6),
        ("import sys\nprint('Warning: x', file=sys.stderr)\nassert False, 'no'\n", "AssertionError", "no", 3),
    ],
)  # fmt: skip
def test_the_type_the_text_and_the_own_line_are_read(failure_of, source: str, type_: str, text: str, line: int):
    failure, printed = failure_of(source)
    assert failure is not None, printed
    assert (failure.type, failure.text) == (type_, text)
    assert failure.place is not None
    assert (failure.place.file, failure.place.line) == ("main.py", line)


def test_causes_are_kept_and_the_own_line_is_the_last_of_the_outermost(failure_of):
    source = (
        "def f():\n    try:\n        {}['a']\n    except KeyError as e:\n        raise ValueError('bad') from e\nf()\n"
    )
    failure, _ = failure_of(source)
    assert failure is not None
    assert (failure.type, [cause.type for cause in failure.causes]) == ("ValueError", ["KeyError"])
    assert failure.place is not None
    assert (failure.place.line, failure.place.text) == (5, "raise ValueError('bad') from e")
    assert failure.causes[0].frames[-1].line == 3


def test_a_group_names_its_parts(failure_of):
    failure, printed = failure_of("raise ExceptionGroup('many', [ValueError('a'), KeyError('b')])\n")
    assert failure is not None, printed
    assert (failure.type, failure.text) == ("ExceptionGroup", "many (2 sub-exceptions)")


def test_a_module_beside_the_entry_is_named(failure_of):
    failure, _ = failure_of("import net\nnet.f()\n", net="def f():\n    return 1 / 0\n")
    assert failure is not None
    assert [(frame.file, frame.line) for frame in failure.frames] == [("main.py", 2), ("net.py", 2)]


def test_without_a_traceback_there_is_no_failure():
    assert read_failure("") is None
    assert read_failure("Error: no such thing\n  File \n") is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.integers(0, 30),
    depth=st.integers(0, 4),
    text=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40).filter(
        lambda text: not text or text.strip()
    ),
    after=st.sampled_from(["", "closing\n", "INFO: 3 models\nlast line\n"]),
)
def test_whatever_the_program_its_failing_line_is_named(failure_of, before: int, depth: int, text: str, after: str):
    lines = ["import atexit, sys", f"atexit.register(sys.stderr.write, {after!r})", *["x = 1"] * before]
    lines += [f"f0 = lambda: (_ for _ in ()).throw(RuntimeError({text!r}))"]
    lines += [f"f{n} = lambda: f{n - 1}()" for n in range(1, depth + 1)] + [f"f{depth}()"]
    failure, printed = failure_of("\n".join(lines) + "\n")
    assert failure is not None, printed
    assert (failure.type, failure.text) == ("RuntimeError", text.strip())
    assert failure.place is not None
    assert failure.place.line == before + 3
    assert failure.frames[0].line == len(lines)


@given(st.lists(st.sampled_from([
    "Traceback (most recent call last):", '  File "/kaggle/working/a.py", line 3, in f', "    x", "ValueError: a", "x",
    "During handling of the above exception, another exception occurred:", "  | ", "  + Exception Group Traceback (most recent call last):",
    "Exception in thread T:", "", "a.b.C", "    | ValueError", '  File "a', "  File \"/kaggle/working/a.py\", line 99999999999",
]), max_size=30))  # fmt: skip
def test_forged_text_is_read_to_something_small(lines: list[str]):
    failure = read_failure("\n".join(lines))
    assert failure is None or len(failure.text) <= 300


@pytest.mark.parametrize(
    "piece", ["a.", " ", "| ", '  File "', "Traceback (most recent call last):\n", "A: ", "x" * 70 + "\n"]
)
def test_much_text_is_read_at_once(piece: str):
    text = piece * (2**21 // len(piece))
    start = time.process_time()
    read_failure(text)
    assert time.process_time() - start < 2
