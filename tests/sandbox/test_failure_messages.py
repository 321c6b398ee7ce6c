"""Programs that fail for common causes, run with the runtime's own packages: what their message says."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.sandbox import Job, Limits, open_sandbox

pytestmark = pytest.mark.sandbox


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("import numpy as np\nnp.zeros(3, dtype=np.float)\n", "numpy_alias"),
        ("import numpy as np\nnp.NaN\n", "numpy_2"),
        ("import pandas as pd\npd.DataFrame({'a': [1]}).append({'a': 2})\n", "pandas_append"),
        ("import pandas as pd\nt = pd.read_csv('data/train.csv')\nt['lable']\n", "no_column"),
        ("import pandas as pd\npd.read_csv('train.csv')\n", "no_file"),
        ("import pandas as pd\npd.read_csv('data/latin.csv')\n", "encoding"),
        ("from sklearn.datasets import load_boston\n", "sklearn_removed"),
        ("from sklearn.datasets import fetch_openml\nfetch_openml('mnist_784')\n", "network"),
        ("from sklearn.svm import SVC\nSVC().predict([[1]])\n", "not_fitted"),
        ("from sklearn.linear_model import LogisticRegression\nLogisticRegression().fit([[float('nan')], [1]], [0, 1])\n", "nan_input"),
        ("import tensorflow as tf\n", "keras_moved"),
        ("import transformers\n", "no_package"),
        ("import numpy as np\nnp.ones((2, 3)) @ np.ones((2, 3))\n", "shapes"),
        ("import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))\n", "singular"),
        ("open('data/mine.csv', 'w')\n", "read_only"),
        ("open(r'C:\\Users\\ana\\train.csv')\n", "windows_path"),
        ("input('path: ')\n", "input"),
        ("files = []\nwhile True:\n    files.append(open('data/train.csv'))\n", "many_files"),
        ("import ctypes\nctypes.string_at(0)\n", "crashed"),
    ],
)  # fmt: skip
def test_a_failing_program_is_told_what_to_do(tmp_path: Path, runtime: Path, source: str, advice: str):
    data = tmp_path / "data"
    data.mkdir()
    (data / "train.csv").write_text("id,label\n1,2\n")
    (data / "latin.csv").write_bytes("id,name\n1,é\n".encode("latin-1"))
    job = Job(
        sources={"main.py": source.encode()}, entry="main.py", data_dir=data, out_dir=tmp_path / "out", runtime=runtime,
        limits=Limits(wall_time_s=60, memory_mb=1024),
    )  # fmt: skip
    result = open_sandbox("bubblewrap").run(job)
    assert result.verdict == "runtime_error"
    assert result.failure is not None
    assert [one["code"] for one in result.failure["advice"]][:1] == [advice], result.message
    if advice != "crashed":
        assert f"main.py, line {len(source.splitlines())}" in result.message
