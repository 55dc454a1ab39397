"""What is stated of each source, and the documents made of it."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.contract import load_contracts
from pipeline.contract.model import ContractError
from pipeline.privacy.document import Document, Rows, to_html, to_markdown
from pipeline.privacy.documents import documents
from pipeline.privacy.sources import SOURCES, load_sources

CONTRACTS = load_contracts()


def test_every_delivered_table_has_one_source() -> None:
    covered = [name for source in load_sources(CONTRACTS) for name in source.tables]
    assert sorted(covered) == sorted(n for n, table in CONTRACTS.tables.items() if table.kind == "delivered")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "postkort"', 'name = "postkort"\nowner = "x"', "owner"),
        ('tables = ["questionnaires"]', 'tables = ["postcards"]', "postcards"),
        ('tables = ["erasures"]', 'tables = ["meetings"]', "meetings"),
        ('"postcards", "adverse_events"', '"postcards"', "adverse_events"),
    ],
)
def test_what_cannot_be_followed_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "sources.toml"
    text = SOURCES.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContractError, match=said):
        load_sources(CONTRACTS, file)


def test_every_identifier_and_source_stands_in_the_record() -> None:
    sources = load_sources(CONTRACTS)
    record, assessment, annex = documents(CONTRACTS, sources)
    text = to_markdown(record)
    for table in CONTRACTS.tables.values():
        for column in table.delivered_columns if table.kind == "delivered" else ():
            if column.identifier:
                assert column.label.da in text
    for document in (record, assessment, annex):
        for source in sources:
            assert source.title in to_markdown(document)


class Tags(HTMLParser):
    """Counts open elements; fails where an element closes that is not the last opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_documents_are_written_well_formed(tmp_path: Path) -> None:
    assert main(["privacy", "--out", str(tmp_path)]) == 0
    assert len(list(tmp_path.glob("*.md"))) == len(list(tmp_path.glob("*.html"))) == 3
    for file in tmp_path.glob("*.html"):
        tags = Tags()
        tags.feed(file.read_text("utf-8"))
        assert tags.open == []


def test_a_cell_is_text_whatever_it_holds() -> None:
    made = Document("a", "<b>", (Rows("c", ("x|y",), (("<script>",),)), "a & b"))
    assert "<script>" not in to_html(made)
    assert "x\\|y" in to_markdown(made)
