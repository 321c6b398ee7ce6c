"""The students' packages (torch among them) behind the site's own, so that their models can be tested in one run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

RUNTIME = Path(os.environ.get("ARENA_STUDENT_RUNTIME", Path(__file__).parents[2] / ".venv-student"))
sys.path += [
    str(found)
    for found in RUNTIME.glob(f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages")
    if str(found) not in sys.path
]
