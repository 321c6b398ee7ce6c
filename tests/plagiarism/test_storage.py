"""Fingerprints survive being stored, and are the same in every process."""

import subprocess
import sys

import pytest

from plagiarism.fingerprints import fingerprint
from plagiarism.storage import StaleFingerprint, dump, load

SOURCE = b"import numpy as np\nx = np.zeros(3)\nfor i in range(3):\n    print(x[i])  # show each of them\n"


def test_a_stored_fingerprint_is_the_same_again() -> None:
    one = fingerprint({"a.py": SOURCE, "b.py": b"\xff"})
    again = load(dump(one))
    assert (again.files, again.findings, again.bounds) == (one.files, one.findings, one.bounds)
    for name in ("hashes", "places", "stream", "lines", "file_of"):
        assert getattr(again, name).tolist() == getattr(one, name).tolist()


def test_hashes_do_not_depend_on_the_process() -> None:
    program = (
        f"from plagiarism.fingerprints import fingerprint; print(fingerprint({{'a.py': {SOURCE!r}}}).hashes.tolist())"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == str(fingerprint({"a.py": SOURCE}).hashes.tolist())


@pytest.mark.parametrize("data", [b"", b"nonsense", dump(fingerprint({"a.py": SOURCE}))[:-40]])
def test_damaged_bytes_are_stale(data: bytes) -> None:
    with pytest.raises(StaleFingerprint):
        load(data)
