"""A document of headings, paragraphs and tables, as Markdown and as accessible HTML."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}caption{text-align:left;font-weight:bold}"
    "th,td{border:1px solid #767676;padding:.4rem;text-align:left;vertical-align:top}"
)


@dataclass(frozen=True)
class Rows:
    """A table; the first cell of each row names it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Heading:
    text: str


Block = Heading | Rows | str


@dataclass(frozen=True)
class Document:
    """``name`` is the file's, without ending."""

    name: str
    title: str
    blocks: tuple[Block, ...]


def to_markdown(document: Document) -> str:
    parts = [f"# {document.title}"]
    for block in document.blocks:
        match block:
            case Heading():
                parts.append(f"## {block.text}")
            case Rows():
                lines = [_line(block.head), _line(["---"] * len(block.head)), *map(_line, block.rows)]
                parts.append(f"**{block.caption}**\n\n" + "\n".join(lines))
            case str():
                parts.append(block)
    return "\n\n".join(parts) + "\n"


def to_html(document: Document) -> str:
    body = [f"<h1>{escape(document.title)}</h1>"]
    for block in document.blocks:
        match block:
            case Heading():
                body.append(f"<h2>{escape(block.text)}</h2>")
            case Rows():
                body.append(_table(block))
            case str():
                body.append(f"<p>{escape(block)}</p>")
    head = (
        f'<meta charset="utf-8">\n<title>{escape(document.title)}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{_STYLE}</style>'
    )
    main = "\n".join(body)
    return (
        f'<!doctype html>\n<html lang="da">\n<head>\n{head}\n</head>\n<body>\n<main>\n{main}\n</main>\n'
        "</body>\n</html>\n"
    )


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(block: Rows) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in block.head)
    rows = "\n".join(_row(row) for row in block.rows)
    caption = escape(block.caption)
    top = f"<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>"
    return f"<table>\n{top}\n<tbody>\n{rows}\n</tbody>\n</table>"


def _row(row: Sequence[str]) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
    return f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'
