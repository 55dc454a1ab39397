"""Keyed pseudonyms."""

import base64
import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identifiers import demonstration_key, is_pseudonym, key_id, load_key, pseudonym
from pipeline.text import ProblemError

KEY = bytes(range(32))


def test_a_pseudonym_is_the_start_of_the_keyed_hash() -> None:
    digest = hmac.new(KEY, b"practice:012345", hashlib.sha256).digest()
    assert pseudonym("practice", "012345", KEY) == "p_" + base64.b32encode(digest)[:20].decode().lower()


@given(raw=st.text(), other=st.text(), key=st.binary(min_size=32, max_size=32))
def test_same_value_same_pseudonym(raw: str, other: str, key: bytes) -> None:
    made = pseudonym("person", raw, key)
    assert is_pseudonym(made)
    assert made == pseudonym("person", raw, key)
    assert made != pseudonym("practice", raw, key)
    assert (made == pseudonym("person", other, key)) == (raw == other)


@pytest.mark.parametrize("value", ["", "p_", "p_" + "a" * 19, "p_" + "a" * 21, "p_" + "A" * 20, "s_" + "a",
                                   "p_" + "1" * 20, "p_" + "a" * 20 + "\n", " p_" + "a" * 20])  # fmt: skip
def test_other_forms_are_not_pseudonyms(value: str) -> None:
    assert not is_pseudonym(value)


def test_the_key_id_tells_keys_apart() -> None:
    assert key_id(KEY) == hashlib.sha256(b"key-id:" + KEY).hexdigest()[:12]
    assert key_id(KEY) != key_id(demonstration_key())


def test_without_a_key_file_the_key_says_it_is_the_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAST_KEY_FILE", raising=False)
    key = load_key()
    assert key.is_demonstration
    assert key.secret == demonstration_key()
    assert demonstration_key().hex() not in repr(key)


def test_a_key_file_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY.hex()}\n", encoding="ascii")
    monkeypatch.setenv("MAST_KEY_FILE", str(file))
    assert load_key().secret == KEY
    assert not load_key().is_demonstration


@pytest.mark.parametrize("content", [None, b"", b"short", b"\xff" * 80, b"zz" * 40])
def test_a_bad_key_file_stops_without_showing_it(
    content: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("MAST_KEY_FILE", str(file))
    with pytest.raises(ProblemError) as caught:
        load_key()
    line = caught.value.problems[0].line()
    assert "MAST_KEY_FILE" in line
    assert str(tmp_path) not in line
