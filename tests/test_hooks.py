"""The commit hooks: the locked tools, and nothing that would be fetched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
FILE = ROOT / ".pre-commit-config.yaml"


def test_pre_commit_accepts_the_file():
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_every_hook_is_local_and_runs_a_tool_of_the_site_environment():
    repositories = YAML(typ="safe").load(FILE)["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    for hook in repositories[0]["hooks"]:
        folder, program = hook["entry"].split()[0].rsplit("/", 1)
        assert folder == ".venv/bin", hook["id"]
        assert (Path(sys.prefix) / "bin" / program).exists(), hook["id"]
        assert hook["language"] in {"system", "unsupported"}, hook["id"]
