"""GPUs and MIG slices: which there are, who has one, what of the host a job with one sees, and what it used.

The bound device node is the enforcement; variables are hints. Everything is read from files below `root`, so that tests
make device trees of their own. Proven on such trees only: see docs/security.md.
"""

from __future__ import annotations

import ctypes
import fcntl
import logging
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.sandbox.base import SandboxUnavailable

log = logging.getLogger(__name__)
SHARED_NODES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")
LEFT_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Device:
    """A GPU, or a slice of one. `nodes` are the paths of its device files, without those that all GPUs share."""

    uuid: str
    name: str
    nodes: tuple[str, ...]
    is_slice: bool = False

    @property
    def lock_name(self) -> str:
        return re.sub(r"[^\w-]", "_", self.uuid) + ".lock"


class Meter(Protocol):
    """What the driver says of a device in use."""

    def processes(self, device: Device) -> dict[int, int]:
        """Process id to bytes of the device's memory."""
        ...


def discover(root: Path = Path("/")) -> list[Device]:
    """Every leasable device: a GPU in MIG mode counts as its slices, and as nothing while it has none."""
    found = []
    for folder in sorted((root / "proc/driver/nvidia/gpus").glob("*")):
        try:
            lines = (folder / "information").read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        said = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
        minor, uuid, name = said.get("Device Minor", ""), said.get("GPU UUID", ""), said.get("Model", "unknown")
        if not minor.isdigit() or not uuid.startswith("GPU-") or not (root / f"dev/nvidia{minor}").exists():
            continue
        slices = root / f"proc/driver/nvidia/capabilities/gpu{minor}/mig"
        if list(slices.glob("gi*")) or said.get("MIG Mode", "").lower() == "enabled":
            found += _slices(slices, uuid, name, f"/dev/nvidia{minor}")
        else:
            found.append(Device(uuid=uuid, name=name, nodes=(f"/dev/nvidia{minor}",)))
    return found


def _slices(folder: Path, uuid: str, name: str, parent: str) -> list[Device]:
    """Compute instances: the parent's node, and the two capability nodes that open the slice."""
    found = []
    for part in sorted(folder.glob("gi*/ci*")):
        try:
            nodes = [f"/dev/nvidia-caps/nvidia-cap{_minor(file)}" for file in (part.parent / "access", part / "access")]
        except (OSError, ValueError):
            continue
        instance, compute = part.parent.name[2:], part.name[2:]
        found.append(
            Device(
                uuid=f"MIG-{uuid}/{instance}/{compute}",
                name=f"{name}, slice {instance}/{compute}",
                nodes=(parent, *nodes),
                is_slice=True,
            )
        )
    return found


def _minor(file: Path) -> int:
    match = re.search(r"DeviceFileMinor:\s*(\d+)", file.read_text(encoding="utf-8"))
    if match is None:
        raise ValueError(f"{file} names no device")
    return int(match[1])


@contextmanager
def lease(n: int, *, root: Path = Path("/"), locks: Path | None = None) -> Iterator[list[Device]]:
    """Hold `n` devices that nobody else on this machine holds. Raises `SandboxUnavailable` where there aren't as many.

    A lease is a lock on a file; the kernel lets go of it when its holder dies, however it dies.
    """
    folder = locks or Path(tempfile.gettempdir()) / "arena-gpus"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    devices = discover(root)
    if len(devices) < n:
        raise SandboxUnavailable(f"The job asks for {n} GPUs, this worker has {len(devices)}; send it to a GPU worker.")
    with ExitStack() as stack:
        held: list[Device] = []
        for device in devices:
            if len(held) == n:
                break
            lock = os.open(folder / device.lock_name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                continue
            stack.callback(os.close, lock)
            held.append(device)
        if len(held) < n:
            raise SandboxUnavailable(f"All {len(devices)} GPUs of this worker are leased; run as many jobs as leases.")
        yield held


def arguments(devices: list[Device], root: Path = Path("/")) -> list[str]:
    """bubblewrap's arguments that show just these devices; they come after --dev and before it is made read-only."""
    shared = [f"/dev/{name}" for name in SHARED_NODES]
    nodes = dict.fromkeys([*shared, *(node for device in devices for node in device.nodes)])
    shown = [word for node in nodes if (root / node[1:]).exists() for word in ("--dev-bind", node, node)]
    return [*shown, "--ro-bind", "/sys", "/sys"]  # without /sys, cuInit fails with 304


def variables(devices: list[Device]) -> dict[str, str]:
    """Hints for CUDA."""
    names = ",".join(device.uuid for device in devices)
    return {
        "CUDA_VISIBLE_DEVICES": names,
        "NVIDIA_VISIBLE_DEVICES": names,
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        "CUDA_CACHE_PATH": "/tmp/.nv",
    }


def used_bytes(devices: list[Device], meter: Meter) -> int:
    """Memory in use on leased devices. As a lease is exclusive, all of it is the job's."""
    return sum(sum(meter.processes(device).values()) for device in devices)


def is_clear(devices: list[Device], meter: Meter, *, within_s: float = LEFT_S) -> bool:
    """Whether the driver forgets every process of a dead job in time; what stays is said in the log."""
    deadline = time.monotonic() + within_s
    while True:
        left = {device.uuid: sorted(meter.processes(device)) for device in devices if meter.processes(device)}
        if not left or time.monotonic() >= deadline:
            break
        time.sleep(0.1)
    if left:
        log.error("Processes are left on GPUs after a job: %s", left)
    return not left


class _Process(ctypes.Structure):
    _fields_ = [
        ("pid", ctypes.c_uint),
        ("used", ctypes.c_ulonglong),
        ("gpu_instance", ctypes.c_uint),
        ("compute_instance", ctypes.c_uint),
    ]


class Nvml:
    """The driver's own library. Raises `SandboxUnavailable` where it doesn't load."""

    MOST = 256

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL("libnvidia-ml.so.1")
        except OSError as error:
            raise SandboxUnavailable(f"The GPU driver's library doesn't load: {error}") from error
        if self._library.nvmlInit_v2() != 0:
            raise SandboxUnavailable("The GPU driver's library doesn't start; run nvidia-smi to see why.")

    def processes(self, device: Device) -> dict[int, int]:
        """Of a slice, those of its parent that are in it."""
        uuid = device.uuid.removeprefix("MIG-").partition("/")[0]
        handle, count, room = ctypes.c_void_p(), ctypes.c_uint(self.MOST), (_Process * self.MOST)()
        if self._library.nvmlDeviceGetHandleByUUID(uuid.encode(), ctypes.byref(handle)) != 0:
            return {}
        if self._library.nvmlDeviceGetComputeRunningProcesses_v3(handle, ctypes.byref(count), room) != 0:
            return {}
        mine = [process for process in room[: count.value] if not device.is_slice or _is_in(process, device)]
        unknown = 2**64 - 1
        return {process.pid: 0 if process.used == unknown else process.used for process in mine}


def _is_in(process: _Process, device: Device) -> bool:
    _, instance, compute = device.uuid.rsplit("/", 2)
    return (str(process.gpu_instance), str(process.compute_instance)) == (instance, compute)
