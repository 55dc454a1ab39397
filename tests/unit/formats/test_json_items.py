"""Objects of JSON files one at a time, in whatever way they are put in the file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats import json_items, json_stream
from pipeline.formats.decode import CodePage
from pipeline.formats.json_items import items
from pipeline.formats.result import Read, Source
from pipeline.formats.streamed import encoding_of, lines

Make = Callable[[str, bytes], Source]

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
OBJECTS = st.lists(
    st.dictionaries(st.text(max_size=3), VALUES, min_size=1, max_size=3), min_size=1, max_size=6
)


def found(source: Source, key: str = "objects") -> list[tuple[int, Any]]:
    return [(item.line, item.rule or item.value) for item in items(source, CodePage("utf-8", "utf-8"), key)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("json")


@given(objects=OBJECTS, indent=st.sampled_from([None, 0, 2]), block=st.integers(1, 40))
def test_every_way_gives_the_same_objects(
    folder: Path, objects: list[dict[str, Any]], indent: int | None, block: int
) -> None:
    source = Source(folder / "x", "x")
    ways = [
        "".join(json.dumps(item) + "\n" for item in objects),
        json.dumps(objects) + "\n",
        json.dumps(objects, indent=indent),
        "[" + ",\n".join(json.dumps(item, indent=indent) for item in objects) + "\n]",
        json.dumps({"meta": {"limit": 20}, "objects": objects}, indent=indent),
        json.dumps({"objects": objects, "meta": [{"limit": 20}]}, indent=indent),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "BLOCK", block)
        patch.setattr(json_items, "MAX_WHOLE_CHARS", block)
        for way in ways:
            source.path.write_text(way, "utf-8")
            assert [value for _, value in found(source)] == objects


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}\nbad\n{"a": 2}\n', [(1, {"a": 1}), (2, "bad_json"), (3, {"a": 2})]),
        ('bad\n{"a": 2}\n', [(1, "bad_json"), (2, {"a": 2})]),
        ('{"a": 1}\n{"a": ', [(1, {"a": 1}), (2, "torn_line")]),
        ('{"a": 1}\n\n{"a": 2}', [(1, {"a": 1}), (3, {"a": 2})]),
        ('[{"a": 1},\n{"a": 2},\n{"a" 3},\n{"a": 4}]', [(1, {"a": 1}), (2, {"a": 2}), (3, "broken_array")]),
        ('[{"a": 1},\n{"a": 2}\n', [(1, {"a": 1}), (2, {"a": 2}), (3, "torn_line")]),
        ('[{"a": 1}, 7]\n{"a": 2}\n', [(1, {"a": 1}), (1, "no_object"), (2, {"a": 2})]),
        (
            '{"a": 1, "a": 2}\n{"a": NaN}\n{"a": 1e999}\n',
            [(1, "bad_json"), (2, "bad_json"), (3, "torn_line")],
        ),
        ('{\n"objects": [\n{"a": 1}]}', [(1, {"a": 1})]),
        ('[null,\n{"a": 1}]', [(1, "no_object"), (2, {"a": 1})]),
        ('null\n{"a": 1}\n', [(1, "no_object"), (2, {"a": 1})]),
        ("[]", []),
        ("[]\n", []),
    ],
)
def test_what_is_broken_costs_itself(make: Make, text: str, expected: list[tuple[int, Any]]) -> None:
    assert found(make("x", text.encode())) == expected


def test_a_line_too_long_is_left_out_and_the_next_is_read(make: Make) -> None:
    long = b'{"a": "' + b"x" * 2_500_000 + b'"}\n'
    source = make("x", b'{"a": 1}\n' + long + b'{"a": 2}\n')
    assert found(source) == [(1, {"a": 1}), (2, "long_line"), (3, {"a": 2})]
    assert [(line.number, line.is_long) for line in lines(source, CodePage("utf-8", "utf-8"))] == [
        (1, False),
        (2, True),
        (3, False),
    ]


@pytest.mark.parametrize("size", [10, 10_000])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_code_page_is_found_in_small_files_and_in_large(make: Make, size: int, encoding: str) -> None:
    content = ("æøå;" * size).encode(encoding)
    found = encoding_of(make("x", content))
    assert isinstance(found, CodePage)
    assert found.name == encoding


def test_what_is_wrong_far_into_the_file_is_seen(make: Make) -> None:
    for letter in ("å".encode("cp1252"), b"\x81"):
        found = encoding_of(make("x", b"a" * 10_000 + letter))
        assert isinstance(found, CodePage)
        assert found.name == "cp1252"
    assert isinstance(encoding_of(make("x", b"a" * 10_000 + b"\x00" * 5_000)), Read)
