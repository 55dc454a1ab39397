"""What people read: two-language texts, problems found in data, numbers and days as a language has them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Severity = Literal["critical", "warning", "note"]
Language = Literal["da", "en"]

MONTHS_DA = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)
MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class Text:
    """One message in both languages; Danish is read first."""

    da: str
    en: str

    def __post_init__(self) -> None:
        if not self.da.strip() or not self.en.strip():
            raise ValueError("Text: både dansk og engelsk skal være udfyldt · both languages are required")

    def __str__(self) -> str:
        return f"{self.da} · {self.en}"

    def in_(self, language: Language) -> str:
        """The text in one language."""
        return self.da if language == "da" else self.en


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where it stands, and what was expected.

    ``row`` is the 1-based line of the file (None for the file as a whole). ``message`` never holds the
    value of a personal identifier.
    """

    file: str
    row: int | None
    column: str | None
    rule: str
    message: Text
    severity: Severity = "warning"

    def line(self) -> str:
        """The problem as the one line that is printed."""
        place = [self.file]
        if self.row is not None:
            place.append(f"linje {self.row}")
        if self.column:
            place.append(f"kolonne {self.column}")
        return f"{', '.join(place)}: {self.message}"


class ProblemError(Exception):
    """Stops a command with problems that are printed as lines, without a trace."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(problem.line() for problem in self.problems))


def round_half_up(value: Decimal | int, decimals: int = 0) -> Decimal:
    """``value`` rounded half away from zero, as published figures are rounded."""
    return Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def number(value: Decimal | int, decimals: int = 0, language: Language = "da") -> str:
    """``1234.5`` as ``1.234,5`` in Danish and ``1,234.5`` in English, with a true minus sign."""
    rounded = round_half_up(value, decimals)
    sign = "−" if rounded < 0 else ""
    text = f"{abs(rounded):,.{decimals}f}"
    return sign + (text.translate(str.maketrans(",.", ".,")) if language == "da" else text)


def number_da(value: Decimal | int, decimals: int = 0) -> str:
    """A number the Danish way: thousands point, decimal comma."""
    return number(value, decimals)


def percent(share: Decimal, decimals: int = 0, language: Language = "da") -> str:
    """A share of 0–1 as ``93 %`` with a no-break space, in English ``93%``."""
    gap = "\u00a0" if language == "da" else ""
    return f"{number(share * 100, decimals, language)}{gap}%"


def capitalised(text: str) -> str:
    """The text with a capital first; the rest as it is."""
    return text[:1].upper() + text[1:]


def unbroken(text: str) -> str:
    """The text with no-break spaces, so that it stays on one line."""
    return text.replace(" ", "\u00a0")


def uncapitalised(text: str) -> str:
    """The text as it stands inside a sentence; a name with capitals within (``MedCom``) keeps its own."""
    first = text.partition(" ")[0]
    return text[:1].lower() + text[1:] if first[1:] == first[1:].lower() else text


def full_date(day: date, language: Language = "da") -> str:
    """``9. oktober 2019``, in English ``9 October 2019``."""
    if language == "en":
        return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.day}. {MONTHS_DA[day.month - 1]} {day.year}"


def date_da(day: date) -> str:
    """``9. oktober 2019``."""
    return full_date(day)


def month_da(day: date) -> str:
    """``oktober 2019``."""
    return f"{MONTHS_DA[day.month - 1]} {day.year}"
