"""Whatever bytes a delivery is, every reader answers: no trace, both languages, no number of a person.

A reader that is added to ``READERS`` is tried here at once; its small example belongs in ``examples.py``.
"""

import re
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.formats.readers import READERS
from pipeline.formats.result import Read
from tests.unit.formats.examples import EXAMPLES, Example, check, read, zipped

# Official test numbers, as people write them.
CPRS = ("251248-9996", "2512489996", "250947 9989", "0107729995")
DIGITS = tuple(re.sub(r"\D", "", cpr) for cpr in CPRS)
# A word; not a bare number of JSON, which nobody types.
TOKEN = re.compile(rb'(?<![0-9A-Za-z_-])(?<!": )(?<!":)[0-9A-Za-z_-]+')
# A cell, a text of JSON or an attribute of XML.
VALUE = re.compile(rb'(?<=[;,\n"])[^;,\n"]+(?=[;,\n"])')
BUSY = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


def example_of(name: str) -> Example:
    if name not in EXAMPLES:
        pytest.fail(
            f"the reader {name!r} has no example: add one to EXAMPLES in tests/unit/formats/examples.py"
        )
    return EXAMPLES[name]


def spoken(found: Read) -> str:
    """Every text that an outcome holds: what is stored, said and put aside."""
    parts = [str(item) for item in (*found.problems, *found.quarantine)]
    parts += [
        value
        for frame in found.frames
        for values in frame.columns.values()
        for value in values
        if isinstance(value, str)
    ]
    return "\n".join(parts)


def changed(draw: st.DrawFn, content: bytes) -> bytes:
    """One kind of damage."""
    place = draw(st.integers(0, len(content)))
    until = draw(st.integers(place, min(len(content), place + 60)))
    kind = draw(st.sampled_from(["cut", "drop", "put", "double", "flip", "nul", "recode", "long"]))
    match kind:
        case "cut":
            return content[:place]
        case "drop":
            return content[:place] + content[until:]
        case "put":
            return content[:place] + draw(st.binary(max_size=40)) + content[place:]
        case "double":
            return content[:until] + content[place:]
        case "flip":
            return content[:place] + bytes(byte ^ 0xFF for byte in content[place:until]) + content[until:]
        case "nul":
            return content[:place] + b"\x00" * draw(st.integers(1, 200)) + content[place:]
        case "recode":
            text = content.decode("utf-8", "replace")
            return text.encode(
                draw(st.sampled_from(["utf-16", "utf-16-le", "utf-8-sig", "cp850"])), "replace"
            )
        case _:
            return (
                content[:place] + draw(st.sampled_from([b"a", b"1", b'"', b";", b"{", b"<", b"["])) * 150_000
            )


@st.composite
def damaged(draw: st.DrawFn, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The example with one file of it damaged, once to three times over."""
    name = draw(st.sampled_from(sorted(files)))
    content = files[name]
    for _ in range(draw(st.integers(1, 3))):
        content = changed(draw, content)
    return {**files, name: content}


@st.composite
def planted(draw: st.DrawFn, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The example with a person's number in the place of some words of one file."""
    name = draw(st.sampled_from(sorted(files)))
    content = files[name]
    for _ in range(draw(st.integers(1, 3))):
        tokens = list(TOKEN.finditer(content))
        if not tokens:
            break
        one = draw(st.sampled_from(tokens))
        cpr = draw(st.sampled_from(CPRS)).encode()
        content = content[: one.start()] + cpr + content[one.end() :]
    return {**files, name: content}


@pytest.mark.parametrize("name", sorted(READERS))
def test_the_example_is_fine(name: str) -> None:
    example = example_of(name)
    found = read(name, example.files, example.tables)
    check(found)
    assert not [item for item in found.problems if item.severity == "critical"]
    assert sum(frame.rows for frame in found.frames) > 0
    assert not found.quarantine


@pytest.mark.parametrize("name", sorted(READERS))
@pytest.mark.parametrize(
    "content",
    [b"", b"\xef\xbb\xbf", b"\x00" * 5000, b"\r\n" * 50, b"PK\x03\x04", b"\xff\xfe", b"<" * 5000,
     b"[" * 5000, b"{}", b"null", b"a" * 3_000_000, zipped({}), zipped({"../../x": b"x", "a" * 300: b""})],
    ids=["empty", "mark", "zeros", "blank", "zip-start", "utf-16-start", "tags", "brackets", "object", "null",
         "one-line", "empty-zip", "odd-zip"],
)  # fmt: skip
def test_a_file_that_is_none_is_said_to_be_none(name: str, content: bytes) -> None:
    example = example_of(name)
    for file in example.files:
        found = read(name, {**example.files, file: content}, example.tables)
        check(found)
        assert [item for item in found.problems if item.severity != "note"] or content == b"{}", file


@pytest.mark.parametrize("name", sorted(READERS))
@given(data=st.data())
@BUSY
def test_random_bytes(name: str, data: st.DataObject) -> None:
    example = example_of(name)
    files = {file: data.draw(st.binary(max_size=400)) for file in example.files}
    check(read(name, files, example.tables))


@pytest.mark.parametrize("name", sorted(READERS))
@given(data=st.data())
@BUSY
def test_damaged_examples(name: str, data: st.DataObject) -> None:
    example = example_of(name)
    check(read(name, data.draw(damaged(example.files)), example.tables))


@pytest.mark.parametrize("name", sorted(READERS))
@pytest.mark.parametrize("secret", [CPRS[0], "nn@example.dk", "22 33 44 55"], ids=["cpr", "e-mail", "phone"])
def test_what_points_to_a_person_comes_out_of_no_place(name: str, secret: str) -> None:
    """In the place of every single word of the example; a phone number where a whole value stands."""
    example = example_of(name)
    for file, content in example.files.items():
        for place in (VALUE if " " in secret else TOKEN).finditer(content):
            changed_file = content[: place.start()] + secret.encode() + content[place.end() :]
            found = read(name, {**example.files, file: changed_file}, example.tables)
            assert secret not in spoken(found), f"{file}: {place[0].decode()}"


@pytest.mark.parametrize("name", sorted(READERS))
@given(data=st.data())
@BUSY
def test_a_persons_number_comes_out_of_no_reader(name: str, data: st.DataObject) -> None:
    example = example_of(name)
    found = read(name, data.draw(planted(example.files)), example.tables)
    check(found)
    text = spoken(found)
    assert not [cpr for cpr in (*CPRS, *DIGITS) if cpr in text]
