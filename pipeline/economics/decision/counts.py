"""Shares known from counts: a stated prior, the effective sample size, and external counts by name.

Nothing is borrowed without a name and a weight, and what was borrowed is shown with and without.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.economics.decision.dirichlet import Dirichlet
from pipeline.economics.decision.distributions import Beta
from pipeline.economics.decision.errors import DecisionError, array
from pipeline.economics.decision.errors import design_effect as checked_design_effect


@dataclass(frozen=True)
class External:
    """Counts of another population, and how much of an observation each is taken to be worth here.

    ``weight`` 0 leaves them out, 1 pools them as if they were ours. Raises DecisionError ``weight``,
    ``distribution``, ``not_finite``, ``names`` (no name).
    """

    name: str
    successes: float
    trials: float
    weight: float

    def __post_init__(self) -> None:
        array([self.successes, self.trials, self.weight], self.name, 1)
        if not self.name.strip():
            raise DecisionError(
                "names", "external", "en ekstern kilde skal have et navn", "an external source needs a name"
            )
        if not 0 <= self.weight <= 1:
            raise DecisionError(
                "weight",
                self.name,
                f"en ekstern kildes vægt ligger mellem 0 og 1, fandt {self.weight}",
                f"an external source's weight lies between 0 and 1, found {self.weight}",
            )
        if not 0 <= self.successes <= self.trials:
            raise _no_share(self.name, self.successes, self.trials)


@dataclass(frozen=True)
class Borrowed:
    """A share ``alone``, from our counts and prior, and ``together`` with the external ones."""

    alone: Beta
    together: Beta
    external: tuple[External, ...]


def beta_from_counts(
    successes: float,
    trials: float,
    *,
    prior: tuple[float, float],
    design_effect: float = 1.0,
    what: str = "beta",
) -> Beta:
    """The posterior share of ``successes`` out of ``trials``: Beta(a + x/deff, b + (n − x)/deff).

    ``prior`` (a, b) is stated, never supposed: (½, ½) is Jeffreys', (1, 1) uniform. ``design_effect`` ≥ 1 is
    how many observations of a clustered sample are worth one of a simple random sample, so that the effective
    sample size is n / deff. Without trials it is the prior.
    Source: L. Kish, Survey Sampling, 1965, section 8.2 (effective size).
    Raises DecisionError ``distribution``, ``prior``, ``design_effect``, ``not_finite``.
    """
    array([successes, trials, design_effect, *prior], what, 1)
    if not 0 <= successes <= trials:
        raise _no_share(what, successes, trials)
    if min(prior) <= 0:
        raise DecisionError(
            "prior",
            what,
            f"en betafordelings prior skal være to tal over 0, fandt {prior}",
            f"a beta distribution's prior must be two numbers above 0, found {prior}",
        )
    effect = checked_design_effect(design_effect, what)
    return Beta(prior[0] + successes / effect, prior[1] + (trials - successes) / effect)


def power_prior(
    successes: float,
    trials: float,
    *,
    prior: tuple[float, float],
    external: tuple[External, ...],
    design_effect: float = 1.0,
    what: str = "beta",
) -> Borrowed:
    """The share with and without ``external`` counts, which enter the prior by weight w.

    The prior becomes Beta(a + Σ w·x, b + Σ w·(n − x)) over the external sources. The weight is what the
    analyst states; it is not estimated. An external source that is itself clustered is given by its
    effective counts.
    Source: J. G. Ibrahim and M.-H. Chen, Statistical Science 2000;15:46–60.
    Raises DecisionError as :func:`beta_from_counts`, and ``names`` when no external source is given.
    """
    if not external:
        raise DecisionError(
            "names",
            what,
            "ingen ekstern kilde at vise med og uden",
            "no external source to show with and without",
        )
    alone = beta_from_counts(successes, trials, prior=prior, design_effect=design_effect, what=what)
    more = sum(source.weight * source.successes for source in external)
    fewer = sum(source.weight * (source.trials - source.successes) for source in external)
    return Borrowed(alone, Beta(alone.alpha + more, alone.beta + fewer), external)


def dirichlet_from_counts(
    counts: Mapping[str, float], *, prior: float, design_effect: float = 1.0, what: str = "mix"
) -> Dirichlet:
    """The posterior mix of ``counts`` of each part: concentration ``prior`` + count/deff (1: uniform).

    Raises DecisionError ``distribution``, ``concentration``, ``design_effect``, ``names``, ``not_finite``.
    """
    array([*counts.values(), prior, design_effect], what, 1)
    effect = checked_design_effect(design_effect, what)
    if min(counts.values()) < 0:
        raise DecisionError(
            "distribution", what, "et antal kan ikke være negativt", "a count cannot be negative"
        )
    return Dirichlet(tuple(counts), tuple(prior + count / effect for count in counts.values()))


def _no_share(what: str, successes: float, trials: float) -> DecisionError:
    return DecisionError(
        "distribution",
        what,
        f"{successes} af {trials} er ingen andel",
        f"{successes} of {trials} is no share",
    )
