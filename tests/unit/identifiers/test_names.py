"""Known names and addresses in free text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identifiers import mask, scan

PARTIES = ("Anna-Marie Sørensen", "Bo Lund", "Dr. Åse Kjær", "E. Hansen")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Hansens mand ringede", "[navn] mand ringede"),
        ("talte med HANSEN og hansen's søn", "talte med [navn] og [navn] søn"),
        ("soerensen, Sörensen, So\u0308rensen", "[navn], [navn], [navn]"),
        ("Kjaers og Åses og Aase", "[navn] og [navn] og [navn]"),
        ("Bo kom, men hun vil bo i en lund", "[navn] kom, men hun vil bo i en lund"),
        ("Hansen-familien", "[navn]-familien"),
        ("hansen@example.dk", "[e-mail]"),
        ("Hansen 20304050", "[navn] [telefon]"),
    ],
)
def test_a_known_name_is_masked_however_it_is_written(text: str, masked: str) -> None:
    assert mask(text, PARTIES)[0] == masked


@pytest.mark.parametrize(
    "text", ["Johansen", "Hansenius", "dr. e. af", "den gamle læge", "mariehøne", "Annas"]
)
def test_other_words_stay(text: str) -> None:
    assert mask(text, ("E. Hansen", "Marie af Høj")) == (text, 0)


@pytest.mark.parametrize(
    "text",
    [
        "Nørregade 12, 3. th., 8000 Aarhus C",
        "Hans Jensens Vej 4B",
        "Nørre Allé 3, 2. tv",
        "nørregade 12, 8000 aarhus",
        "Strandlyst 4, 8000 Aarhus",
        "Testvej 1",
    ],
)
def test_an_address_is_masked(text: str) -> None:
    made = scan(f"bor {text}.")
    assert made.text.rstrip(".") == "bor [adresse]"
    assert made.counts == {"adresse": 1}


@pytest.mark.parametrize(
    "text", ["på genvej 2 gange", "arbejdsplads 3", "Chrome 78, 2019 Windows", "Mødelokale 3", "vej 3"]
)
def test_what_only_looks_like_an_address_stays(text: str) -> None:
    assert mask(text) == (text, 0)


letters = st.text("abcdefghijklmnoprstuvyæøåéöü", min_size=3, max_size=9).map(str.capitalize)
pieces = st.one_of(
    letters,
    st.text(max_size=6),
    st.sampled_from(
        ["Hansen", "s", "'", " ", ", ", "Testvej 3", "8000 Aarhus", "Nørregade", "12", "2. th", "[navn]",
         "070392", "1VJ4", "Bo", "@x.dk", "Lund", "20304050", "p_" + "a2" * 10, "10.1234/a", "E+08"]
    ),
)  # fmt: skip


@given(
    text=st.lists(pieces, max_size=9).map("".join),
    names=st.lists(st.one_of(letters, st.text(max_size=9)), max_size=4),
)
def test_masking_twice_changes_nothing(text: str, names: list[str]) -> None:
    once = mask(text, (*names, "Bo Lund", "Hansen"))[0]
    assert mask(once, (*names, "Bo Lund", "Hansen")) == (once, 0)


@given(
    name=letters.filter(lambda part: part.casefold() not in ("rød", "grå")),
    genitive=st.sampled_from(["", "s", "'s"]),
)
def test_no_known_name_survives(name: str, genitive: str) -> None:
    for written in (name, name.upper(), name.lower(), unicodedata.normalize("NFD", name)):
        made = scan(f"så {written.capitalize()}{genitive} kort", [name])
        assert made.text == "så [navn] kort"
        assert made.counts == {"navn": 1}


@given(text=st.text())
def test_without_names_no_name_is_found(text: str) -> None:
    assert "navn" not in scan(text).counts
