"""Unpack a .zip of code: its folders stay, what tools leave behind goes, and no name can point out of the folder."""

from __future__ import annotations

from grader.code.refusal import MAX_REPORT_BYTES, RefusedCode
from grader.containers.opening import UnreadableContainer, read_archive

# what tools leave beside a program; whatever starts with a dot too
LEFT_BEHIND = {"__pycache__", "__macosx", "venv", "env", "node_modules", "site-packages", "thumbs.db", "desktop.ini"}
MOST_MEMBERS = 2000  # a virtual environment among them is left out, but was unpacked
MOST_BYTES = 60 * 2**20


def unpack_archive(name: str, data: bytes) -> dict[str, bytes]:
    """Files of a .zip by their paths in it, without the folders around everything. Raises `RefusedCode`.

    Links, hidden files and what tools leave behind (`__pycache__`, `venv`, macOS's extras) are left out.
    """
    try:
        members = read_archive(data, most_files=MOST_MEMBERS, file_bytes=MAX_REPORT_BYTES, total_bytes=MOST_BYTES)
    except UnreadableContainer as error:
        if error.code in {"too_many", "too_big", "too_costly"}:
            raise RefusedCode(
                "archive_too_big", f"{name} holds too many or too large files.", {"name": name}
            ) from error
        raise RefusedCode("bad_archive", f"{name} is no readable .zip archive.", {"name": name}) from error
    files: dict[str, bytes] = {}
    for member in members:
        parts = _parts(member.name)
        if _is_left_behind(parts):
            continue
        path = "/".join(parts)
        if path in files:
            raise RefusedCode("same_name", f"Two files in {name} are called {path}.", {"name": path})
        files[path] = member.data
    return _without_outer(files)


def _parts(name: str) -> list[str]:
    """The steps of a member's path. A name that points out of the archive keeps what makes it refused later.

    >>> _parts("models" + chr(92) + "net.py"), _parts("./a//b.py"), _parts("/etc/a.py")
    (['models', 'net.py'], ['a', 'b.py'], ['', 'etc', 'a.py'])
    """
    steps = name.replace("\\", "/").split("/")
    return [step for at, step in enumerate(steps) if step not in {"", "."} or (step == "" and at == 0)]


def _is_left_behind(parts: list[str]) -> bool:
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return not parts or hidden or parts[-1].endswith((".pyc", ".pyo")) or any(p.lower() in LEFT_BEHIND for p in parts)


def _without_outer(files: dict[str, bytes]) -> dict[str, bytes]:
    """Take off the folders that are around everything, however many.

    >>> sorted(_without_outer({"a/b/main.py": b"", "a/b/models/net.py": b""}))
    ['main.py', 'models/net.py']
    """
    while files and len({path.partition("/")[0] for path in files}) == 1 and all("/" in path for path in files):
        if any(path.startswith(("/", "../")) for path in files):
            break
        files = {path.partition("/")[2]: data for path, data in files.items()}
    return files
