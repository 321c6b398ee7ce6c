"""Discovery, leases, binding and watching of GPUs, on device trees made here: no driver and no GPU is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grader.outcome import Verdict
from grader.sandbox import Job, Limits, bubblewrap, gpus, open_sandbox
from grader.sandbox.arguments import prepare
from grader.sandbox.base import SandboxUnavailable
from grader.sandbox.gpus import Device, discover, lease

ONE = "GPU-11111111-2222-3333-4444-555555555555"
TWO = "GPU-66666666-7777-8888-9999-000000000000"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two whole GPUs."""
    root = tmp_path / "root"
    (root / "dev" / "nvidia-caps").mkdir(parents=True)
    for minor, uuid in ((0, ONE), (1, TWO)):
        folder = root / f"proc/driver/nvidia/gpus/0000:0{minor}:00.0"
        folder.mkdir(parents=True)
        text = f"Model: \t\t H200\nIRQ:   \t\t 40\nGPU UUID: \t {uuid}\nDevice Minor: \t {minor}\nGPU Excluded:\t No\n"
        (folder / "information").write_text(text)
        (root / f"dev/nvidia{minor}").touch()
    for name in ("nvidiactl", "nvidia-uvm"):
        (root / "dev" / name).touch()
    return root


def split(root: Path) -> None:
    """Cut the second GPU into two slices."""
    for instance, cap in (("gi1", 30), ("gi2", 40)):
        folder = root / f"proc/driver/nvidia/capabilities/gpu1/mig/{instance}"
        (folder / "ci0").mkdir(parents=True)
        (folder / "access").write_text(f"DeviceFileMinor: {cap}\nDeviceFileMode: 292\n")
        (folder / "ci0" / "access").write_text(f"DeviceFileMinor: {cap + 1}\nDeviceFileMode: 292\n")
        (root / f"dev/nvidia-caps/nvidia-cap{cap}").touch()
        (root / f"dev/nvidia-caps/nvidia-cap{cap + 1}").touch()


def test_whole_gpus_are_found_with_their_nodes(tree: Path):
    assert discover(tree) == [
        Device(uuid=ONE, name="H200", nodes=("/dev/nvidia0",)),
        Device(uuid=TWO, name="H200", nodes=("/dev/nvidia1",)),
    ]


def test_a_gpu_in_slices_counts_as_its_slices(tree: Path):
    split(tree)
    assert [(d.uuid, d.nodes) for d in discover(tree)[1:]] == [
        (f"MIG-{TWO}/1/0", ("/dev/nvidia1", "/dev/nvidia-caps/nvidia-cap30", "/dev/nvidia-caps/nvidia-cap31")),
        (f"MIG-{TWO}/2/0", ("/dev/nvidia1", "/dev/nvidia-caps/nvidia-cap40", "/dev/nvidia-caps/nvidia-cap41")),
    ]


def test_a_gpu_without_a_node_or_an_identity_is_none(tree: Path):
    (tree / "dev/nvidia0").unlink()
    (tree / "proc/driver/nvidia/gpus/0000:01:00.0/information").write_text("GPU UUID: ???\nDevice Minor: 1\n")
    assert discover(tree) == []


def test_a_machine_without_a_driver_has_none(tmp_path: Path):
    assert discover(tmp_path) == []


def test_two_jobs_never_hold_the_same_gpu(tree: Path, tmp_path: Path):
    with lease(1, root=tree, locks=tmp_path / "l") as first, lease(1, root=tree, locks=tmp_path / "l") as second:
        assert {first[0].uuid, second[0].uuid} == {ONE, TWO}
        with pytest.raises(SandboxUnavailable, match="All 2 GPUs"), lease(1, root=tree, locks=tmp_path / "l"):
            pass
    with lease(2, root=tree, locks=tmp_path / "l") as both:
        assert len(both) == 2


def test_more_gpus_than_there_are_are_refused(tree: Path, tmp_path: Path):
    refused = pytest.raises(SandboxUnavailable, match="asks for 3 GPUs, this worker has 2")
    with refused, lease(3, root=tree, locks=tmp_path / "l"):
        pass


def test_a_lease_ends_with_its_holder_however_it_dies(tree: Path, tmp_path: Path):
    code = (
        "import os, sys, pathlib\nfrom grader.sandbox.gpus import lease\n"
        "with lease(2, root=pathlib.Path(sys.argv[1]), locks=pathlib.Path(sys.argv[2])):\n    os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", code, str(tree), str(tmp_path / "l")]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -9
    with lease(2, root=tree, locks=tmp_path / "l") as held:
        assert len(held) == 2


def test_only_the_leased_nodes_are_bound_and_before_dev_is_closed(
    tree: Path, tmp_path: Path, runtime: Path, monkeypatch
):
    split(tree)
    slice_one = discover(tree)[1]
    whole = gpus.arguments
    monkeypatch.setattr(gpus, "arguments", lambda devices: whole(devices, tree))
    made = prepare(job(tmp_path, runtime), overlay=True, counted=True, gated=False, devices=[slice_one]).arguments
    bound = [made[n + 1] for n, word in enumerate(made) if word == "--dev-bind"]
    assert bound == [
        "/dev/nvidiactl",
        "/dev/nvidia-uvm",
        "/dev/nvidia1",
        "/dev/nvidia-caps/nvidia-cap30",
        "/dev/nvidia-caps/nvidia-cap31",
    ]
    first, last = made.index("--dev-bind"), len(made) - made[::-1].index("--dev-bind")
    assert made.index("--dev") < first < last < made.index("--remount-ro")
    assert made[made.index("CUDA_VISIBLE_DEVICES") + 1] == f"MIG-{TWO}/1/0"
    assert made[made.index("/sys") - 1 : made.index("/sys") + 2] == ["--ro-bind", "/sys", "/sys"]


def test_a_job_without_gpus_sees_no_node_and_no_sys(tmp_path: Path, runtime: Path):
    made = prepare(job(tmp_path, runtime, n=0), overlay=True, counted=True, gated=False).arguments
    assert not {"--dev-bind", "/sys", "CUDA_VISIBLE_DEVICES"} & {*made}


def job(folder: Path, runtime: Path, *, n: int = 1, source: str = "", **limits: float) -> Job:
    (folder / "data").mkdir(exist_ok=True)
    return Job(
        sources={"main.py": source.encode()},
        entry="main.py",
        data_dir=folder / "data",
        out_dir=folder / "out",
        runtime=runtime,
        limits=Limits(**{"gpus": n, "wall_time_s": 20} | limits),
    )


@pytest.mark.sandbox
def test_a_job_that_wants_a_gpu_where_there_is_none_is_a_fault_of_ours(tmp_path: Path, runtime: Path, monkeypatch):
    monkeypatch.setattr(gpus, "discover", lambda *_: [])
    result = open_sandbox().run(job(tmp_path, runtime))
    assert result.verdict == Verdict.SANDBOX_FAULT
    assert "send it to a GPU worker" in result.message


class FakeMeter:
    """A device whose memory fills with every look."""

    def __init__(self, *used: int) -> None:
        self.used = list(used)

    def processes(self, device: Device) -> dict[int, int]:
        used = self.used.pop(0) if len(self.used) > 1 else self.used[0]
        return {4711: used} if used else {}


@pytest.mark.sandbox
def test_the_peak_on_the_gpu_is_reported_and_a_limit_kills(tmp_path: Path, runtime: Path, monkeypatch, caplog):
    monkeypatch.setattr(gpus, "arguments", lambda _: [])
    device = [Device(uuid=ONE, name="H200", nodes=())]
    box = bubblewrap.Bubblewrap()
    open_sandbox()
    quiet = "import os, time\nprint(os.environ['CUDA_VISIBLE_DEVICES'])\ntime.sleep(0.5)\nopen('submission.csv', 'w').write('id')"
    ended = box._run(job(tmp_path, runtime, source=quiet), None, device, FakeMeter(10, 3_000_000, 20, 0))
    assert (ended.verdict, ended.stdout, ended.peak_gpu_memory_bytes) == (Verdict.OK, f"{ONE}\n", 3_000_000)
    greedy = job(tmp_path, runtime, source="import time; time.sleep(60)", gpu_memory_mb=2)
    killed = box._run(greedy, None, device, FakeMeter(10, 3_000_000, 0))
    assert (killed.verdict, killed.message) == (
        Verdict.MEMORY_LIMIT,
        "The program needed more than its 2 MB of GPU memory.",
    )


def test_what_stays_on_a_device_after_a_job_is_said(caplog: pytest.LogCaptureFixture):
    device = [Device(uuid=ONE, name="H200", nodes=())]
    assert gpus.is_clear(device, FakeMeter(5, 5, 0), within_s=2)
    assert not gpus.is_clear(device, FakeMeter(5), within_s=0.05)
    assert "4711" in caplog.text
