"""How each command says that its input is bad."""

from __future__ import annotations

import json
import sys


def refuse(verdict: str, code: str, message: str, **more: object) -> int:
    """One JSON object on stdout, the sentence on stderr, exit code 2."""
    print(json.dumps({"verdict": verdict, "code": code, "message": message, **more}, ensure_ascii=False))
    print(message, file=sys.stderr)
    return 2
