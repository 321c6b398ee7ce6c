from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_platform_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_locks_hold_hashes_and_no_address_path_or_command_line():
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert not [word for word in ("http", "file:", "/opt", "index-url", "find-links", "uv pip") if word in text], (
            lock
        )
