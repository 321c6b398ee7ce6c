"""What works in a notebook only is refused with its line; a program that asks first is left alone."""

import pytest

from grader.code import RefusedCode, check_code


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("import csv\nget_ipython().run_line_magic('matplotlib', 'inline')\n", "notebook_magic", 2),
        ("get_ipython().system('pip install x')\n", "notebook_magic", 1),
        ("x = 1\nfiles = get_ipython().getoutput('ls')\n", "notebook_magic", 2),
        ("for i in range(3):\n    get_ipython().run_cell_magic('time', '', 'x')\n", "notebook_magic", 2),
        ("import os\nif not os.path.exists('a'):\n    get_ipython().system('wget a')\n", "notebook_magic", 3),
        ("x = 1\n%matplotlib inline\n", "notebook_magic", 2),
        ("# %%\n!pip install lightgbm\n", "notebook_magic", 2),
        ("x = 1\nfiles = !ls\n", "notebook_magic", 2),
        ("%%time\nx = 1\n", "notebook_magic", 1),
        ("x = 1\nx?\n", "notebook_magic", 2),
        ("x = 1\ndisplay(x)\n", "notebook_display", 2),
        ("from google.colab import drive\ndrive.mount('/content/drive')\n", "colab", 1),
    ],
)
def test_a_notebook_s_own_line_is_refused(source: str, code: str, line: int):
    with pytest.raises(RefusedCode) as caught:
        check_code({"main.py": source.encode()})
    assert caught.value.code.removeprefix("notebook_") == code.removeprefix("notebook_")
    assert caught.value.params["line"] == line
    assert f"main.py, line {line}" in caught.value.message


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    get_ipython()\n    here = True\nexcept NameError:\n    here = False\n",
        "def inside():\n    try:\n        return get_ipython().__class__\n    except NameError:\n        return None\n"
        "if inside():\n    get_ipython().run_line_magic('matplotlib', 'inline')\n",
        "if 'get_ipython' in globals():\n    get_ipython().run_line_magic('matplotlib', 'inline')\n",
        "try:\n    from google.colab import drive\nexcept ImportError:\n    drive = None\n",
        "import sys\nif 'google.colab' in sys.modules:\n    from google.colab import drive\n",
        "def display(x):\n    print(x)\ndisplay(1)\n",
        "def get_ipython():\n    return None\nget_ipython()\n",
        "text = '''\n%matplotlib inline\n!pip install x\n'''\n",
        "import contextlib\nwith contextlib.suppress(NameError):\n    get_ipython()\n",
        "a, b = 7, 4\nc = (a\n% b)\n",
    ],
)
def test_a_program_that_asks_or_only_looks_like_a_notebook_is_accepted(source: str):
    assert check_code({"main.py": source.encode()}).entry == "main.py"
