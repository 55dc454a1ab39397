"""Accessibility of a page, by axe-core (MPL-2.0, the file beside this one)."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).with_name("axe.min.js")


def faults(page: Page) -> list[str]:
    """Serious and critical findings (WCAG 2.1 A and AA), as rule and place."""
    # The page's own policy lets no script in but its own; the checker is put in past it.
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{item['id']}: {node['target']}"
        for item in found["violations"]
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]
