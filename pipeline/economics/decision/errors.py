"""What stops a decision analysis: one named rule, explained in both languages."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.text import Problem, ProblemError, Text

Floats = NDArray[np.float64]

# Beyond this the products of two numbers overflow; no krone or life year comes near it.
LARGEST = 1e100


class DecisionError(ProblemError, ValueError):
    """Input that no result can be drawn from. ``rule`` names what was broken, ``message`` explains it."""

    def __init__(
        self, rule: str, what: str, da: str, en: str, *, row: int | None = None, column: str | None = None
    ) -> None:
        self.rule = rule
        self.message = Text(da, en)
        super().__init__(Problem(what, row, column, f"decision.{rule}", self.message, "critical"))


def array(values: ArrayLike, what: str, dimensions: int) -> Floats:
    """``values`` as doubles of that many dimensions, all finite; ``not_finite`` names the first other."""
    try:
        made: Floats = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DecisionError("not_numbers", what, "skal være tal", "must be numbers") from error
    if made.ndim != dimensions or made.size == 0:
        raise DecisionError(
            "shape",
            what,
            f"skal have {dimensions} dimension(er) og mindst ét tal, har formen {made.shape}",
            f"must have {dimensions} dimension(s) and at least one number, has the shape {made.shape}",
        )
    # The extremes alone tell: NaN travels through both, and no array of booleans is made.
    if not (float(made.min()) > -LARGEST and float(made.max()) < LARGEST):
        where = np.argwhere(~(np.abs(made) < LARGEST))[0]
        raise DecisionError(
            "not_finite",
            what,
            f"skal være et endeligt tal, fandt {made[tuple(where)]}",
            f"must be a finite number, found {made[tuple(where)]}",
            row=int(where[0]) + 1,
            column=str(int(where[1]) + 1) if dimensions > 1 else None,
        )
    return made


def same_length(lengths: Sequence[tuple[str, int]]) -> None:
    """``length`` when the named parts do not all have the same number of draws."""
    if len({length for _, length in lengths}) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths)
        raise DecisionError(
            "length",
            lengths[0][0],
            f"trækninger og udfald skal have samme længde, fandt {found}",
            f"draws and outcomes must have the same length, found {found}",
        )


def not_negative(values: Floats, what: str, names: Sequence[str]) -> None:
    """``negative_cost`` at the first cost below zero in draws × alternatives."""
    if float(values.min()) < 0:
        row, column = (int(part) for part in np.argwhere(values < 0)[0])
        raise DecisionError(
            "negative_cost",
            what,
            f"må ikke være negativ, fandt {values[row, column]}; netto for besparelser meldes med is_net",
            f"must not be negative, found {values[row, column]}; say is_net when savings are subtracted",
            row=row + 1,
            column=names[column],
        )


def probability(value: float, what: str) -> float:
    """``value`` when it lies in 0–1, else ``probability``."""
    if not 0 <= value <= 1:
        raise DecisionError(
            "probability",
            what,
            f"en sandsynlighed ligger mellem 0 og 1, fandt {value}",
            f"a probability lies between 0 and 1, found {value}",
        )
    return float(value)


def confidence_level(value: float) -> float:
    """``value`` when it lies between 0 and 1, neither included, else ``confidence``."""
    if not 0 < value < 1:
        raise DecisionError(
            "confidence",
            "confidence",
            f"konfidensniveauet skal ligge mellem 0 og 1, fandt {value}",
            f"the confidence must lie between 0 and 1, found {value}",
        )
    return float(value)


def design_effect(value: float, what: str) -> float:
    """``value`` when it is at least 1, else ``design_effect``: no design makes a sample larger."""
    if not value >= 1:
        raise DecisionError(
            "design_effect",
            what,
            f"designeffekten skal være mindst 1, fandt {value}",
            f"the design effect must be at least 1, found {value}",
        )
    return float(value)


def per_unit(total: float, volume: float, what: str) -> float:
    """``total / volume``; ``zero_volume`` when there is nothing to share it between."""
    array([total, volume], what, 1)
    if volume <= 0:
        raise DecisionError(
            "zero_volume",
            what,
            f"kan ikke fordeles på et antal på {volume}",
            f"cannot be shared between a volume of {volume}",
        )
    return total / volume


def whole(value: Any, what: str, low: int, high: int) -> int:
    """A setting that is a whole number from ``low`` to ``high``, else ``setting``."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise DecisionError(
            "setting",
            what,
            f"skal være et helt tal fra {low} til {high}, fandt {value}",
            f"must be a whole number from {low} to {high}, found {value}",
        )
    return value
