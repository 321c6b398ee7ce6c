"""The worker's side of the warm backend: which programs gain by it, and the ovens (`oven.py`) that lend to them.

It shares address layout and hash seed between jobs, so a competition chooses it; a program without heavy imports gains
nothing and starts cold. It needs control groups, as a lent process is no descendant of its keeper.
"""

from __future__ import annotations

import ast
import atexit
import os
import select
import socket
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import keeper, oven
from grader.sandbox.base import SandboxUnavailable
from grader.sandbox.nursery import nursery

BAKE_S = 120
SCIENCE = (
    "numpy", "scipy", "scipy.sparse", "scipy.stats", "pandas", "sklearn", "sklearn.linear_model", "sklearn.ensemble",
    "sklearn.svm", "sklearn.neighbors", "sklearn.model_selection", "sklearn.preprocessing", "sklearn.metrics",
    "sklearn.pipeline", "sklearn.decomposition", "sklearn.feature_extraction.text", "sklearn.naive_bayes",
    "sklearn.tree", "sklearn.cluster", "sklearn.neural_network", "sklearn.impute", "sklearn.compose",
)  # fmt: skip
RECIPES = {
    "science": SCIENCE,
    # the first step of an optimizer imports torch._dynamo, and with it half of sympy
    "torch": (*SCIENCE, "torch", "torch.nn", "torch.optim", "torch.utils.data", "torch._dynamo"),
}
GAIN_BY = {"torch": "torch", "keras": "torch", "torchvision": "torch"} | dict.fromkeys(
    ("numpy", "scipy", "pandas", "sklearn", "xgboost", "lightgbm"), "science"
)


def recipe_for(sources: Mapping[str, bytes]) -> str | None:
    """The name of what to import beforehand, from the programs' own imports; None where it would gain nothing."""
    wanted = {GAIN_BY.get(name.partition(".")[0]) for name in imports_of(sources.values())}
    return next((name for name in ("torch", "science") if name in wanted), None)


def imports_of(sources: Iterable[bytes]) -> set[str]:
    """Modules named in import statements anywhere; of a file that can't be parsed, none.

    >>> sorted(imports_of([b"import numpy as np, os.path", b"from sklearn.svm import SVC"]))
    ['numpy', 'os.path', 'sklearn.svm']
    """
    found: set[str] = set()
    for source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return found


@dataclass
class Oven:
    """One running `oven.py`, hot."""

    channel: socket.socket
    owner: int

    def lend(self, to: socket.socket) -> None:
        """Fork a copy that talks to whoever holds the other end. Raises OSError when the oven is gone."""
        socket.send_fds(self.channel, [b"job"], [to.fileno()])

    def is_alive(self) -> bool:
        if self.owner != os.getpid():
            return False
        readable, _, _ = select.select([self.channel], [], [], 0)
        return not readable  # it never speaks unasked, so there is only its end to read


_ovens: dict[tuple[str, str, int], Oven] = {}
_lock = threading.Lock()


def oven_for(recipe: str, *, runtime: Path, plan: Mapping[str, object], cores: int) -> Oven:
    """The hot oven of this process for a recipe; baking one takes seconds. Raises `SandboxUnavailable`."""
    key = (recipe, str(runtime), cores)
    with _lock:
        found = _ovens.get(key)
        if found is None or not found.is_alive():
            if found is not None:
                found.channel.close()
            _ovens[key] = found = _bake(recipe, plan)
    return found


def close() -> None:
    """Let every oven go; copies that run a job stay with their keepers."""
    with _lock:
        for found in _ovens.values():
            found.channel.close()
        _ovens.clear()


atexit.register(close)


def _bake(recipe: str, plan: Mapping[str, object]) -> Oven:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control, keepers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, control, keepers:
        socket.send_fds(nursery().socket, [b"{}"], [keepers.fileno()])
        told = dict(plan) | {
            "oven": Path(oven.__file__).read_text(encoding="utf-8"),
            "modules": ",".join(RECIPES[recipe]),
        }
        keeper.send(control, told, (theirs.fileno(),))
        keepers.close()
        theirs.close()
        ours.settimeout(BAKE_S)
        word = b""
        with suppress(TimeoutError, ConnectionError):
            word = ours.recv(16)
        if word != b"hot":
            ours.close()
            control.settimeout(1)
            with suppress(OSError):
                said, _ = keeper.receive(control)
                raise SandboxUnavailable(f"The warm interpreter did not start: {said}")
            raise SandboxUnavailable("The warm interpreter did not start.")
    ours.settimeout(None)
    return Oven(ours, os.getpid())
