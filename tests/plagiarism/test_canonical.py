"""What survives of a program: not its names, layout, literals or aliases, but what it calls."""

from plagiarism.canonical import canonicalise


def texts(source: bytes) -> list[str]:
    return [symbol.text for symbol in canonicalise(source).symbols]


def test_own_names_numbers_and_strings_are_masked_and_library_calls_stay() -> None:
    assert texts(b"import numpy\nscore = numpy.mean(3.5, 'all')  # note\n") == ["V", "=", "numpy", "mean", "N", "S"]


def test_an_import_under_another_alias_is_the_same_program() -> None:
    usual = texts(b"import numpy as np\nx = np.zeros(3)\n")
    disguised = texts(b"import numpy as qq\ny = qq.zeros(44)\n")
    assert usual == disguised == ["V", "=", "numpy", "zeros", "N"]


def test_a_class_imported_under_another_name_keeps_its_own() -> None:
    assert texts(b"from sklearn.svm import SVC as Model\nm = Model()\n") == ["V", "=", "SVC"]


def test_lines_point_into_the_source() -> None:
    assert [s.line for s in canonicalise(b"\n\nx = 1\n\ny = 2\n").symbols] == [3, 3, 3, 5, 5, 5]


def test_one_bad_byte_does_not_hide_a_file() -> None:
    found = canonicalise(b"x = 1  # \xff\ny = x\n")
    assert found.problem == "not valid UTF-8"
    assert [s.text for s in found.symbols] == ["V", "=", "N", "V", "=", "V"]


def test_a_file_that_does_not_parse_is_compared_by_its_tokens() -> None:
    found = canonicalise(b"def f(:\n    return 1\n")
    assert found.problem == "does not parse as Python"
    assert [s.text for s in found.symbols] == ["def", "V", "return", "N"]
