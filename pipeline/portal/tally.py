"""What was wrong with a delivery, counted as its pieces come: the counts are exact, a sample is kept."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from pipeline.formats.result import Quarantined
from pipeline.portal.memory import Memory
from pipeline.portal.receipt import SHOWN_LINES, Found
from pipeline.text import Problem

MOST_KEPT = 10_000
MOST_KEPT_CHARS = 1 << 24
_ORDER = {"critical": 0, "warning": 1, "note": 2}


@dataclass
class _Kind:
    count: int = 0
    lines: list[int] = field(default_factory=list[int])
    messages: dict[str, None] = field(default_factory=dict[str, None])


@dataclass
class Tally:
    """Problems by severity, rule and column; the first refused rows, with what is said of each."""

    refused: int = 0
    warned: int = 0
    masked: int = 0
    kept: list[Quarantined] = field(default_factory=list[Quarantined])
    said: dict[int, list[Problem]] = field(default_factory=dict[int, list[Problem]])
    _kinds: dict[tuple[str, str, str], _Kind] = field(default_factory=dict[tuple[str, str, str], _Kind])
    _chars: int = 0

    def add(
        self, problems: Iterable[Problem], refused: Iterable[Quarantined], lines: Collection[int] = ()
    ) -> None:
        """One piece's problems, the rows of it that are refused, and the ``lines`` of those that are not.

        To the clerk, what costs a row is an error; to a run that goes on without the row it is a warning.
        """
        lost = {one.row for one in self._refuse(refused)}
        warned: set[int] = set()
        for one in problems:
            severity = one.severity
            if one.row is not None and severity == "warning":
                if one.row in lost:
                    severity = "critical"
                else:
                    warned.add(one.row)
            if one.row in self.said:
                self.said[one.row].append(one)
            kind = self._kinds.setdefault((severity, one.rule, one.column or ""), _Kind())
            kind.count += 1
            if kind.count <= SHOWN_LINES:
                kind.lines += [] if one.row is None else [one.row]
                kind.messages[one.message.da] = None
        self.warned += len(warned.intersection(lines)) if warned else 0

    @property
    def room(self) -> int:
        """How many more refused rows can be kept."""
        return MOST_KEPT - len(self.kept) if self._chars < MOST_KEPT_CHARS else 0

    def _refuse(self, rows: Iterable[Quarantined]) -> Iterable[Quarantined]:
        for one in rows:
            self.refused += 1
            if self.room:
                self.kept.append(one)
                self._chars += len(one.cells)
                if one.row is not None:
                    self.said.setdefault(one.row, [])
            yield one

    def found(self, memory: Memory) -> tuple[Found, ...]:
        """One for each kind of problem in one column, worst first; what was accepted before is marked so."""
        made = [
            Found(
                rule,
                column,
                severity,
                kind.count,
                tuple(kind.lines),
                tuple(kind.messages),
                memory.is_accepted(rule, column),
            )
            for (severity, rule, column), kind in self._kinds.items()
        ]
        return tuple(sorted(made, key=lambda one: (one.is_accepted, _ORDER[one.severity], -one.count)))
