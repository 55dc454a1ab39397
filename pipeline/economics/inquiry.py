"""What is asked about uncertainty: what varies together, what one would study, what is borrowed."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from pipeline.economics.section import Section, failure
from pipeline.text import Text


@dataclass(frozen=True)
class Correlation:
    """Inputs whose normal scores are correlated ``rho`` pair by pair."""

    inputs: tuple[str, ...]
    rho: Decimal
    why: Text


@dataclass(frozen=True)
class Interest:
    """A group of inputs that one study could inform together."""

    name: str
    title: Text
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """A sample that would inform one input: yes or no, or an average with the ``deviation`` of one
    observation.

    ``bias`` names what more of it would never remove; its worth is then not computed.
    """

    name: str
    title: Text
    input: str
    sizes: tuple[int, ...]
    deviation: Decimal | None
    design_effect: Decimal
    bias: Text | None


@dataclass(frozen=True)
class Borrow:
    """Counts from elsewhere, which enter a counted input's prior by ``weight``, shown with and without."""

    name: str
    title: Text
    input: str
    count: Decimal
    size: Decimal
    weight: Decimal
    source: str


@dataclass(frozen=True)
class TwoWay:
    """The two inputs whose grid is the first figure, and how many steps it has each way."""

    across: str
    down: str
    steps: int


def read_correlation(part: Section, inputs: Collection[str]) -> Correlation:
    """Inputs whose normal scores are correlated. Raises AssumptionError."""
    made = Correlation(part.strings("inputs", inputs), part.number("rho"), part.text("why"))
    part.done()
    if not -1 < made.rho < 1:
        raise failure(
            part.key("rho"),
            f"ligger mellem −1 og 1, fandt {made.rho}",
            f"lies between −1 and 1, found {made.rho}",
        )
    return made


def read_interest(part: Section, inputs: Collection[str]) -> Interest:
    """A group of inputs. Raises AssumptionError."""
    made = Interest(part.string("name"), part.text("title"), part.strings("inputs", inputs))
    part.done()
    return made


def read_study(part: Section, inputs: Collection[str]) -> Study:
    """A sample, and what of it more would not remove. Raises AssumptionError."""
    made = Study(
        name=part.string("name"),
        title=part.text("title"),
        input=part.string("input", inputs),
        sizes=tuple(part.wholes("sizes")),
        deviation=part.number("deviation") if part.has("deviation") else None,
        design_effect=part.number("design_effect") if part.has("design_effect") else Decimal(1),
        bias=part.text("bias") if part.has("bias") else None,
    )
    part.done()
    return made


def read_borrow(part: Section, counted: Collection[str]) -> Borrow:
    """Counts from elsewhere, for one of the ``counted`` inputs. Raises AssumptionError."""
    made = Borrow(
        name=part.string("name"),
        title=part.text("title"),
        input=part.string("input", counted),
        count=part.number("count"),
        size=part.number("size"),
        weight=part.number("weight"),
        source=part.string("source"),
    )
    part.done()
    return made


def read_two_way(part: Section, inputs: Collection[str]) -> TwoWay:
    """The two inputs of the grid. Raises AssumptionError."""
    made = TwoWay(part.string("across", inputs), part.string("down", inputs), part.whole("steps"))
    part.done()
    return made
