"""Wall clocks that jump: each process of the stage has its own, and it can be set while the process runs.

A process reads its clock through `clock.c`, which a C compiler makes into a library that is loaded before the others.
Students' programs start with an empty environment, so theirs stays right. Without a compiler there are no such clocks.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")


@dataclass(frozen=True)
class Clocks:
    """The library, and the folder that holds a file for each process."""

    library: Path
    folder: Path

    def env(self, name: str) -> dict[str, str]:
        """What a process of this name is started with; its clock is right at first."""
        self.set(name, 0)
        return {"LD_PRELOAD": str(self.library), "ARENA_STAGE_CLOCK": str(self.folder / name)}

    def set(self, name: str, seconds: int) -> None:
        """Let the clock of a process, and of all that it started, be so many seconds ahead of the machine's."""
        with (self.folder / name).open("r+b" if (self.folder / name).exists() else "w+b") as file:
            file.write(struct.pack("=q", seconds))


def make_clocks(folder: Path) -> Clocks | None:
    """Compile the library into this folder; None without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    folder.mkdir()
    library = folder / "clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"], check=True)
    return Clocks(library=library, folder=folder)
