"""HTML to PDF/UA-1: WeasyPrint writes it, pikepdf adds what it leaves out, and the same bytes come twice."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from pipeline.paths import replacing
from pipeline.report.svg import use_fonts


def write_pdf(html: str, out: Path, *, base: Path, fonts: Path) -> None:
    """Write ``html`` as ``out``; its addresses are relative to ``base``, its dates from its meta elements."""
    use_fonts(fonts)
    drawing: Any = import_module("weasyprint")
    library: Any = import_module("pikepdf")
    with replacing(out) as temporary:
        document = drawing.HTML(string=html, base_url=base.resolve().as_uri() + "/")
        document.write_pdf(target=str(temporary), pdf_variant="pdf/ua-1")
        with library.open(temporary, allow_overwriting_input=True) as pdf:
            _scope_headers(pdf, library)
            _print_links(pdf)
            pdf.save(temporary, deterministic_id=True)


def _scope_headers(pdf: Any, library: Any) -> None:
    """Say of every table header whether it heads its column or its row."""
    name, dictionary = library.Name, library.Dictionary
    root = pdf.Root.get("/StructTreeRoot")
    if root is None:
        return
    for element, is_head in _headers(root, is_head=False):
        scope = name.Column if is_head else name.Row
        attributes = element.get("/A")
        if attributes is None:
            element.A = dictionary(O=name.Table, Scope=scope)
            continue
        listed = list(attributes) if isinstance(attributes, library.Array) else [attributes]
        for item in listed:
            if item.get("/O") == name.Table:
                item.Scope = scope


def _headers(root: Any, *, is_head: bool) -> Iterator[tuple[Any, bool]]:
    waiting: list[tuple[Any, bool]] = [(root, is_head)]
    while waiting:
        element, inside = waiting.pop()
        kind = str(element.get("/S", ""))
        inside = inside or kind == "/THead"
        if kind == "/TH":
            yield element, inside
        children = element.get("/K")
        if children is None:
            continue
        listed = list(children) if hasattr(children, "append") else [children]
        waiting += [(child, inside) for child in listed if hasattr(child, "keys") and "/S" in child]


def _print_links(pdf: Any) -> None:
    """Give every link annotation the print flag that PDF/UA asks for."""
    for page in pdf.pages:
        for annotation in page.get("/Annots", ()):
            annotation.F = 4
