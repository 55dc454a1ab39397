"""Masking free text. Numbers are put together here, so that none stands in the project."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identifiers import mask, points_to_person, pseudonym

CPR = "010203" + "1234"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"Ring til {CPR}", "Ring til [CPR-nummer]"),
        (f"cpr:{CPR}x", "cpr:[CPR-nummer]x"),
        ("født 01.02.03 - " + "1234 i", "født [CPR-nummer] i"),
        ("999999-" + "1234", "[nummer]"),
        ("01-02-2003-" + "1234", "[CPR-nummer]"),
        ("01-02-2003 " + "1234", "[CPR-nummer]"),
        ("1,08589995E+08 står der", "[nummer] står der"),
        ("skriv til jens.ø@klinik.example.dk, tak", "skriv til [e-mail], tak"),
        ("tlf. 20 30 40 50", "tlf. [telefon]"),
        ("tlf 20304050!", "tlf [telefon]!"),
        ("mob +45 20 30 40 50.", "mob [telefon]."),
        ("+46 70 123 45 67", "[telefon]"),
        ("yder 012345", "yder [nummer]"),
        ("265161000016000", "[nummer]"),
    ],
)
def test_what_points_to_a_person_is_masked(text: str, masked: str) -> None:
    assert mask(text) == (masked, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Lyden faldt ud 3 gange efter 10 min.",
        "Vi prøvede kl. 09.30 og igen 10:15 den 5. oktober 2019",
        "05-10-2019 og 31-02-2019, 2/11/2019, 25.12.2019, 2019-10-05T09:30, 2019-2020 og 2015–2019",
        "10.1186/s12875-019-0958-5 og PMID 31234567",
        pseudonym("practice", "000001", b"k" * 32),
    ],
)
def test_the_rest_stays(text: str) -> None:
    assert mask(text) == (text, 0)


@pytest.mark.parametrize(
    "number",
    [
        CPR,
        f"sag/{CPR}/2",
        "jens@klinik.example.dk",
        "20 30 40 50",
        "2030 4050",
        "+4520304050",
        "Nørregade 17",
    ],
)
def test_what_is_no_number_of_a_row(number: str) -> None:
    assert points_to_person(number)


@pytest.mark.parametrize(
    "number", ["K-1", "20304050", "20191005-0017", "/video/1083/a", "7b730bff-6f09-4fd8-9eba-73c25fddccdf"]
)
def test_numbers_of_rows(number: str) -> None:
    assert not points_to_person(number)


pieces = st.one_of(
    st.text(max_size=8),
    st.from_regex(r"[0-9 .@+-]{0,14}", fullmatch=True),
    st.sampled_from([CPR, "p_" + "a2" * 10, "[nummer]", "a@b.dk", "20 30 40 50", "31-12-2019", "2019-20"]),
)


@given(text=st.lists(pieces, max_size=8).map("".join))
def test_masking_twice_changes_nothing(text: str) -> None:
    once, _ = mask(text)
    assert mask(once) == (once, 0)


@given(before=st.text(), after=st.text())
def test_a_number_never_survives(before: str, after: str) -> None:
    masked, count = mask(f"{before} {CPR} {after}")
    assert CPR not in masked
    assert count >= 1


@pytest.mark.parametrize(
    "piece", ["1", "a@", "1-", "1 ", "2019-", "x", "1e", "10.1234/A", "01.", "p_", "a.", "+1"]
)
def test_a_long_text_costs_its_length(piece: str) -> None:
    started = time.process_time()
    mask(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 2
