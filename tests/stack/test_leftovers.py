"""What runs here leaves no folder behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_tests_settings_remove_the_folder_that_they_made(tmp_path):
    code = "import django; django.setup(); from django.conf import settings; (settings.VAR / 'file').write_text('x')"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ARENA_", "COV_"))}
    env |= {
        "TMPDIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "arena.settings.test",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
    }
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("depth", [1, 12])
def test_redis_has_a_socket_of_a_usable_length_and_takes_it_along(tmp_path, monkeypatch, depth):
    from redis import Redis

    from arena.stack.redis import redis_server

    monkeypatch.delenv("REDIS_URL", raising=False)
    folder = tmp_path.joinpath(*["a-long-name"] * depth)
    with redis_server(folder) as address:
        socket = Path(address.removeprefix("redis+socket://"))
        assert len(str(socket)) < 100
        with Redis(unix_socket_path=str(socket)) as client:
            assert client.ping()
    assert not socket.exists()
    assert not (folder / "address").exists()
