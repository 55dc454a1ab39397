"""What the business case's figures share: their frame, and doubles as they are printed."""

from decimal import Decimal
from typing import Any

from pipeline.report.run import Run
from pipeline.report.style import layout


def exact(value: float) -> Decimal:
    """A double as the decimal it is printed as."""
    return Decimal(repr(value))


def frame(run: Run, height: int, **more: Any) -> dict[str, Any]:
    """A figure's layout with the report's language in its numbers."""
    return layout(height, **({} if run.language == "da" else {"separators": ".,"}), **more)
