"""A new key: outside the project, for its owner only, never over another, and never shown."""

from pathlib import Path

import pytest

from pipeline import paths
from pipeline.cli import main
from pipeline.identifiers import key_id, load_key
from pipeline.identifiers.key_file import write_key
from pipeline.text import ProblemError


def test_a_new_key_is_the_one_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "safe" / "key"
    assert main(["key", "new", str(path)]) == 0
    said = capsys.readouterr().out
    assert path.stat().st_mode & 0o077 == 0
    monkeypatch.setenv("MAST_KEY_FILE", str(path))
    key = load_key()
    assert not key.is_demonstration
    assert key_id(key.secret) in said
    assert path.read_text("ascii").strip() not in said


def test_two_keys_differ_and_none_is_overwritten(tmp_path: Path) -> None:
    first, second = write_key(tmp_path / "a"), write_key(tmp_path / "b")
    assert first != second
    before = (tmp_path / "a").read_bytes()
    with pytest.raises(ProblemError, match="overskrives"):
        write_key(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == before


@pytest.mark.parametrize("where", ["key", "data/key", "reports/../key"])
def test_no_key_lies_in_the_project(where: str) -> None:
    with pytest.raises(ProblemError, match="uden for"):
        write_key(paths.ROOT / where)
    assert not (paths.ROOT / where).exists()


def test_rotating_says_what_must_come_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key", "rotate", str(tmp_path / "new")]) == 0
    assert "skal komme igen" in capsys.readouterr().out
