"""What a person reads first of all that was wrong: the first places of each kind, and how many more."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.text import Problem

SHOWN_PROBLEMS = 3  # of one kind in one column of one file; the rest is counted


@dataclass
class _Kind:
    first: list[Problem] = field(default_factory=list[Problem])
    count: int = 0


@dataclass
class Told:
    """``critical`` are all the problems that stop a run; warnings are kept by kind, notes are not."""

    critical: list[Problem] = field(default_factory=list[Problem])
    _kinds: dict[tuple[str, str | None, str], _Kind] = field(
        default_factory=dict[tuple[str, str | None, str], _Kind]
    )

    def add(self, one: Problem) -> None:
        if one.severity == "critical":
            self.critical.append(one)
        if one.severity != "warning":
            return
        kind = self._kinds.setdefault((one.file, one.column, one.rule), _Kind())
        kind.count += 1
        if kind.count <= SHOWN_PROBLEMS:
            kind.first.append(one)

    def lines(self) -> Iterator[str]:
        """The warnings, kind by kind."""
        for kind in self._kinds.values():
            yield from (one.line() for one in kind.first)
            if rest := kind.count - len(kind.first):
                yield f"  … og {rest} linjer til af samme slags · and {rest} more lines of this kind"
