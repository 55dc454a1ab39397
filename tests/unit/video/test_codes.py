"""Codes: whole, cut and wrong are told apart, whatever happened on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.video.codes import (
    ALPHABET,
    LINK_LENGTH,
    digest,
    new_link_code,
    new_short_id,
    new_spoken_code,
    read_link_code,
    read_spoken_code,
)

LINKS = st.builds(new_link_code)
SPOKEN = st.builds(new_spoken_code)


@given(LINKS)
def test_a_link_cut_anywhere_is_cut(code: str) -> None:
    assert read_link_code(code).value == code
    assert {read_link_code(code[:length]).kind for length in range(LINK_LENGTH)} == {"cut"}
    assert read_link_code(code + "0").kind == "wrong"


@given(LINKS, st.integers(0, LINK_LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_found(code: str, place: int, letter: str) -> None:
    changed = code[:place] + letter + code[place + 1 :]
    assert (read_link_code(changed).kind == "whole") == (changed == code)


@given(LINKS, st.integers(0, LINK_LENGTH - 2))
def test_two_exchanged_letters_are_found(code: str, place: int) -> None:
    changed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (read_link_code(changed).kind == "whole") == (changed == code)


@given(LINKS)
def test_what_people_do_to_a_link_is_forgiven(code: str) -> None:
    shown = code.upper().replace("0", "O").replace("1", "I")
    assert read_link_code(f" {shown[:4]}-{shown[4:8]} {shown[8:]}\u00a0").value == code


@given(SPOKEN, st.integers(0, 7), st.integers(0, 9))
def test_a_spoken_code_finds_a_wrong_digit(code: str, place: int, digit: int) -> None:
    digits = code.replace("-", "")
    changed = digits[:place] + str(digit) + digits[place + 1 :]
    assert (read_spoken_code(changed).kind == "whole") == (changed == digits)
    assert read_spoken_code(f" {digits[:2]} {digits[2:]} ").value == code


@pytest.mark.parametrize("text", ["", "1234", "12345678901", "١٢٣٤٥٦٧٨", "abcdefgh", "²²²²²²²²"])
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read_spoken_code(text).kind in ("cut", "wrong")
    assert read_link_code(text).kind in ("cut", "wrong")


@given(st.text(max_size=40))
def test_any_text_is_read(text: str) -> None:
    assert read_link_code(text).kind in ("cut", "wrong", "whole")
    assert read_spoken_code(text).kind in ("cut", "wrong", "whole")


def test_what_is_stored_gives_nothing_away() -> None:
    code = new_link_code()
    stored = digest(code, b"pepper")
    assert code not in stored
    assert stored != digest(code, b"other")
    assert len({new_short_id() for _ in range(1000)}) == 1000
