"""One stream of an rtcstats dump, as jitsi's server computes it; see ``rtcstats_connections``."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from statistics import pvariance

from pipeline.webrtc.reports import number


@dataclass(frozen=True)
class Track:
    """One stream one way. The variance is of the packets lost between two reports; ``_pct`` are percent."""

    ssrc: int
    media_type: str
    packets: int
    packets_lost: int
    packets_lost_pct: float
    packets_lost_variance: float
    concealed_percentage: float
    start_time: int
    end_time: int


@dataclass(slots=True)
class Series:
    """A stream while its dump is read: packets and losses at each report, sent or received."""

    ssrc: int
    started: int
    ended: int
    media_type: str = ""
    sent: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    received: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    concealed: tuple[int, int] | None = None

    def track(self, packets: Sequence[tuple[int, int]]) -> Track:
        """What became of the stream, by ``sent`` or by ``received``."""
        total, lost = packets[-1]
        steps = [after[1] - before[1] for before, after in pairwise(packets)]
        return Track(
            self.ssrc, self.media_type, total, lost, lost_pct(lost, total), pvariance(steps) if steps else 0,
            percent(*self.concealed) if self.concealed else 0, self.started, self.ended,
        )  # fmt: skip


def whole(said: object) -> int:
    """``said`` as a whole number; 0 when it is none."""
    return int(number(said) or 0)


def lost_pct(lost: int, packets: int) -> float:
    """0 where the loss is no share of the packets."""
    return percent(lost, packets) if 0 < lost < packets else 0


def percent(part: int, of: int) -> float:
    """``part`` of ``of`` in percent, with two decimals."""
    return rounded(part / of * 100)


def rounded(value: float) -> float:
    """Two decimals, half up."""
    return float((Decimal(repr(value)) * 100 + Decimal("0.5")).to_integral_value(ROUND_FLOOR) / 100)
