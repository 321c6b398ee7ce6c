from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_platform_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()
