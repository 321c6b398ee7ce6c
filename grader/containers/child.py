"""The program that opens an untrusted container: it limits itself, reads standard input, and writes frames to standard output.

It is run as `python -I -S child.py OPTIONS`. It and what it imports need the standard library alone, so that it starts fast
and a parser sees nothing of the site.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any


def limit(*, cpu_s: int, memory_bytes: int) -> None:
    """Bound this process, before it reads anything."""
    bounds = {
        resource.RLIMIT_CPU: (cpu_s, cpu_s + 1),
        resource.RLIMIT_AS: (memory_bytes, memory_bytes),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }
    for name, (soft, hard) in bounds.items():
        try:
            resource.setrlimit(name, (soft, hard))
        except (ValueError, OSError):  # a stricter limit is there already, or the system has none such
            continue


def main() -> None:
    """Read as the options say; the last frame says how it ended."""
    options = json.loads(sys.argv[1])
    limit(cpu_s=options["cpu_s"], memory_bytes=options["memory_bytes"])
    sys.path.append(str(Path(__file__).parents[2]))
    from grader.containers.frames import Output, Refused

    output = Output(options["max_bytes"])
    try:
        with os.fdopen(os.dup(0), "rb") as stream:
            if options["kind"] == "workbook":
                from grader.containers import workbook_child

                workbook_child.read(stream, output, **options["what"])
            else:
                from grader.containers import archive_child

                archive_child.read(stream, output, **options["what"])
        end: dict[str, Any] = {"end": True}
    except Refused as error:
        end = {"error": error.code, **error.params}
    except MemoryError:
        end = {"error": "too_costly"}
    except Exception as error:
        # whatever a parser raises on damaged bytes; the class tells the tests of a fault of ours
        end = {"error": "unreadable", "why": type(error).__name__}
    output.left = max(output.left, 4096)
    output.json(end)
    output.stream.flush()


if __name__ == "__main__":
    main()
