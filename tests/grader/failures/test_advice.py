"""The causes that people meet most, as real packages and interpreters print them: what the advice names."""

import pytest

from grader.failures import Failure, Surroundings, advise, report
from grader.failures.causes import CAUSES
from grader.failures.sentences import SENTENCES

AROUND = Surroundings(sources=("main.py", "utils.py"), data=("train.csv", "test.csv"), columns=("id", "label"))
HEAD = 'Traceback (most recent call last):\n  File "/kaggle/working/main.py", line 3, in <module>\n    go()\n'


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("AttributeError: module 'numpy' has no attribute 'int'.\n`np.int` was a deprecated alias for", "numpy_alias"),
        ("AttributeError: `np.NaN` was removed in the NumPy 2.0 release. Use `np.nan` instead.", "numpy_2"),
        ("AttributeError: 'DataFrame' object has no attribute 'append'", "pandas_append"),
        ("AttributeError: 'DataFrame' object has no attribute 'ix'", "pandas_ix"),
        ("ImportError: \n`load_boston` has been removed from scikit-learn since version 1.2.", "sklearn_removed"),
        ("ImportError: cannot import name 'plot_confusion_matrix' from 'sklearn.metrics' (/runtime/a.py)", "sklearn_removed"),
        ("TypeError: OneHotEncoder.__init__() got an unexpected keyword argument 'sparse'", "sklearn_argument"),
        ("ModuleNotFoundError: No module named 'tensorflow'", "keras_moved"),
        ("ModuleNotFoundError: No module named 'transformers'", "no_package"),
        ("ImportError: attempted relative import with no known parent package", "own_package"),
        ("urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>", "network"),
        ("requests.exceptions.ConnectionError: HTTPSConnectionPool(host='a', port=443): Max retries exceeded with url", "network"),
        ("RuntimeError: Dataset not found. You can use download=True to download it", "network_dataset"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'trian.csv'", "no_file"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'C:\\\\Users\\\\ana\\\\train.csv'", "windows_path"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/content/drive/train.csv'", "colab_path"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/home/ana/train.csv'", "home_path"),
        ("PermissionError: [Errno 13] Permission denied: 'data/a.csv'", "read_only"),
        ("OSError: [Errno 30] Read-only file system: '/usr/a'", "read_only"),
        ("OSError: [Errno 24] Too many open files: 'data/train.csv'", "many_files"),
        ("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe3 in position 3: invalid continuation byte", "encoding"),
        ("AssertionError: Torch not compiled with CUDA enabled", "no_gpu"),
        ("RuntimeError: Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False.", "torch_load"),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.", "gpu_memory"),
        ("numpy._core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array", "memory"),
        ("MemoryError", "memory"),
        ("RuntimeError: can't start new thread", "processes"),
        ("RecursionError: maximum recursion depth exceeded", "recursion"),
        ("EOFError: EOF when reading a line", "input"),
        ("ValueError: Input X contains NaN.\nLogisticRegression does not accept", "nan_input"),
        ("sklearn.exceptions.NotFittedError: This SVC instance is not fitted yet.", "not_fitted"),
        ("ValueError: could not convert string to float: 'male'", "text_to_number"),
        ("ValueError: setting an array element with a sequence. The requested array has an inhomogeneous shape", "ragged"),
        ("RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x10 and 20x5)", "shapes"),
        ("ValueError: X has 3 features, but LogisticRegression is expecting 4 features as input.", "shapes"),
        ("RuntimeError: mat1 and mat2 must have the same dtype, but got Double and Float", "dtype"),
        ("numpy.linalg.LinAlgError: Singular matrix", "singular"),
        ("KeyError: 'lable'", "no_column"),
        ("KeyError: \"['lable'] not in index\"", "no_column"),
        ("IndexError: list index out of range", "index"),
        ("ZeroDivisionError: division by zero", "division"),
        ("TabError: inconsistent use of tabs and spaces in indentation", "tabs"),
        ("NameError: name 'display' is not defined", "notebook"),
        ("NameError: name 'df' is not defined", "no_such_name"),
        ("AttributeError: 'NoneType' object has no attribute 'shape'", "none"),
        ("RuntimeError: \n        An attempt has been made to start a new process before the\n        current process has finished its bootstrapping phase.", "main_guard"),
    ],
)  # fmt: skip
def test_a_common_cause_gets_its_advice(error: str, code: str):
    told = report(f"{HEAD}{error}\n", code=1, killed_by=None, around=AROUND)
    assert [one["code"] for one in told.details["advice"]][:1] == [code]
    assert "main.py, line 3" in told.message


@pytest.mark.parametrize(
    ("type_", "text", "near"),
    [
        ("KeyError", "'lable'", "label"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'input/Train.csv'", "train.csv"),
        ("ModuleNotFoundError", "No module named 'panda'", "pandas"),
        ("ModuleNotFoundError", "No module named 'util'", "utils"),
    ],
)
def test_what_is_there_is_listed_and_the_nearest_name_said(type_: str, text: str, near: str):
    found = advise(Failure(type=type_, text=text), AROUND)
    assert found is not None
    assert found.params["near"] == near
    assert near in found.params["there"] or near == "utils"


def test_an_own_file_with_the_name_of_a_package_is_named():
    around = Surroundings(sources=("main.py", "random.py"))
    text = "cannot import name 'shuffle' from 'random' (/kaggle/working/random.py)"
    found = advise(Failure(type="ImportError", text=text), around)
    assert found is not None
    assert (found.code, dict(found.params)) == ("own_file_shadows", {"name": "random.py"})


def test_the_cause_gives_advice_where_the_error_has_none():
    cause = Failure(type="FileNotFoundError", text="[Errno 2] No such file or directory: 'a.csv'")
    found = advise(Failure(type="MyError", text="x", causes=(cause,)), AROUND)
    assert found is not None
    assert found.code == "no_file"


@pytest.mark.parametrize(
    ("stderr", "code", "killed_by", "words"),
    [
        ("", 137, 9, ["137", "SIGKILL", "memory"]),
        ("", 139, 11, ["139", "SIGSEGV", "compiled code"]),
        ("usage: train\nno data\n", 3, None, ["no data", "exit code 3"]),
        ("no data\n", 1, None, ["no data"]),
        ("", 1, None, ["exit code 1"]),
    ],
)
def test_an_end_without_a_traceback_is_said_in_words(stderr: str, code: int, killed_by: int | None, words: list[str]):
    message = report(stderr, code=code, killed_by=killed_by, around=AROUND).message
    assert [word for word in words if word not in message] == []


def test_every_cause_has_a_sentence_that_its_own_words_can_fill():
    assert {cause.code for cause in CAUSES} <= set(SENTENCES)
