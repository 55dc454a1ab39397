"""A document read piece by piece is the document that is read whole."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats import json_stream
from pipeline.formats.json_stream import JsonStream, StreamError

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def stream(content: bytes) -> JsonStream:
    return JsonStream(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig").read)


def pieces(found: JsonStream) -> Any:
    """The next value, taken in the smallest pieces."""
    if found.peek() == "{":
        return {name: pieces(found) for name in found.members()}
    if found.peek() == "[":
        return [pieces(found) for _ in found.items()]
    return found.value()


@given(
    document=st.dictionaries(st.text(), documents, max_size=5),
    indent=st.none() | st.integers(0, 3),
    block=st.integers(1, 40),
)
def test_pieces_come_to_the_whole(document: Any, indent: int | None, block: int) -> None:
    content = json.dumps(document, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "BLOCK", block)
        assert pieces(stream(content)) == document


@given(st.binary(max_size=60))
def test_what_is_no_document_is_refused_as_such(content: bytes) -> None:
    try:
        made = pieces(stream(content))
    except StreamError:
        return
    assert isinstance(made, dict | list)


@given(document=st.dictionaries(st.text(max_size=5), documents, min_size=1, max_size=3), data=st.data())
def test_a_document_that_is_cut_off_is_refused(document: Any, data: st.DataObject) -> None:
    content = json.dumps(document).encode()
    cut = data.draw(st.integers(1, len(content) - 1))
    with pytest.raises(StreamError):
        pieces(stream(content[:cut]))


@given(document=st.dictionaries(st.text(), documents, max_size=5), block=st.integers(1, 40))
def test_what_is_read_past_leaves_the_rest(document: Any, block: int) -> None:
    content = json.dumps([document, "next"], indent=1).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "BLOCK", block)
        found = stream(content)
        for place in found.items():
            if place:
                assert found.line == content.count(b"\n")
                assert found.value() == "next"
            else:
                found.skip()


def test_what_is_too_deep_to_be_read_past_is_refused() -> None:
    with pytest.raises(StreamError):
        stream(b"[" * 5_000).skip()
