"""Acceptability, EVPI and EVPPI at 100,000 draws, beside heormodel and a plain loop, in one run.

Run with ``./run bench decision``. Targets: curves and EVPI of 3 alternatives at 501 thresholds at least 100
times faster than heormodel and 8 times faster than a numpy loop over thresholds; joint EVPPI of three inputs
under 0.5 s. A study's value and the draws are timed without a target. heormodel is skipped, and said to be,
where it cannot be imported; ``MAST_BENCH_PACKAGES`` may name a folder to import it from, made with
``python -m pip install --target FOLDER heormodel``. All work from the same arrays and their results are
compared.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from pipeline.economics.decision import (
    Beta,
    Dirichlet,
    Distribution,
    Gamma,
    Informative,
    Normal,
    Proportion,
    acceptability,
    draw,
    evppi,
    evsi,
    outcomes,
)

DRAWS, REPEATS = 100_000, 25
THRESHOLDS = np.linspace(0, 150_000, 501)
PEER_TARGET, LOOP_TARGET, EVPPI_TARGET_S = 100, 8, 0.5


def timed(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """The least of the seconds taken, and the result."""
    best, result = float("inf"), None
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def example() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs (draws × 3), costs and effects of three alternatives that depend on them and on more."""
    stream = np.random.default_rng(20191009)
    inputs = np.column_stack(
        [stream.normal(0, 1, DRAWS), stream.gamma(9, 1 / 9, DRAWS), stream.beta(5, 15, DRAWS)]
    )
    noise = stream.normal(0, 1, (DRAWS, 3))
    effects = np.column_stack(
        [10 + noise[:, 0], 10.4 + inputs[:, 0] + noise[:, 1], 10.6 + 4 * inputs[:, 2] * inputs[:, 1]]
    )
    costs = np.column_stack(
        [stream.gamma(20, 400, DRAWS), 15_000 * inputs[:, 1], 30_000 + 8_000 * np.abs(noise[:, 2])]
    )
    return inputs, costs, effects


def loop(costs: np.ndarray, effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The plain way: every draw's net benefit at every threshold."""
    share, worth = np.empty((THRESHOLDS.size, 3)), np.empty(THRESHOLDS.size)
    for number, level in enumerate(THRESHOLDS):
        benefit = level * effects - costs
        share[number] = np.bincount(benefit.argmax(axis=1), minlength=3) / DRAWS
        worth[number] = benefit.max(axis=1).mean() - benefit.mean(axis=0).max()
    return share, worth


def peer(costs: np.ndarray, effects: np.ndarray) -> Callable[[], tuple[np.ndarray, np.ndarray]] | None:
    """heormodel's curve and EVPI on its own data structure, built outside the clock; None when not there."""
    if "MAST_BENCH_PACKAGES" in os.environ:
        sys.path.append(os.environ["MAST_BENCH_PACKAGES"])
    try:
        import pandas as pd
        from heormodel.cea import ceac
        from heormodel.models import Outcomes
        from heormodel.voi import evpi
    except ImportError as error:
        print(f"heormodel cannot be imported ({error}): skipped")
        return None
    names = ["a", "b", "c"]
    found = Outcomes.from_wide(pd.DataFrame(costs, columns=names), pd.DataFrame(effects, columns=names))
    return lambda: (ceac(found, THRESHOLDS).to_numpy(), evpi(found, THRESHOLDS).to_numpy())


def line(what: str, seconds: float, note: str = "") -> None:
    print(f"{what:<52}{seconds * 1000:10,.1f} ms   {note}")


def main() -> None:
    inputs, costs, effects = example()
    ours_s, ours = timed(lambda: acceptability(outcomes(costs, effects), THRESHOLDS), REPEATS)
    line(f"curves and EVPI, {THRESHOLDS.size} thresholds, checks included", ours_s)
    for count in (11, 5_001, 50_001):
        levels = np.linspace(0, 150_000, count)
        seconds, _ = timed(lambda levels=levels: acceptability(outcomes(costs, effects), levels), REPEATS)
        line(f"the same at {count:,} thresholds", seconds, f"{seconds / ours_s:.2f} of the time")
    loop_s, (share, worth) = timed(lambda: loop(costs, effects), 2)
    assert (ours.probability == share).all()
    assert np.allclose(ours.evpi, worth, rtol=1e-9, atol=1e-6)
    line("a numpy loop over thresholds", loop_s, f"ratio {loop_s / ours_s:.0f} (target ≥ {LOOP_TARGET})")
    theirs = peer(costs, effects)
    if theirs is not None:
        peer_s, (share, worth) = timed(theirs, 2)
        assert (ours.probability == share).all()
        assert np.allclose(ours.evpi, worth, rtol=1e-9, atol=1e-6)
        line("heormodel", peer_s, f"ratio {peer_s / ours_s:.0f} (target ≥ {PEER_TARGET})")
    benefit = 50_000 * effects - costs
    seconds, found = timed(lambda: evppi(benefit, inputs), REPEATS)
    line("joint EVPPI of three inputs", seconds, f"(target < {EVPPI_TARGET_S * 1000:.0f} ms)")
    print(f"    {found.value:,.1f} ± {found.standard_error:,.1f}, {found.columns} columns")
    sizes = (10, 100, 1000, 10_000)
    share = Informative("share", Proportion(), None)
    worth_it = np.column_stack([np.zeros(DRAWS), 50_000 * (inputs[:, 2] - 0.22)])
    seconds, studies = timed(lambda: evsi(worth_it, inputs[:, 2], share, sizes, seed=1), 5)
    line(f"a study's value at {len(sizes)} sizes", seconds)
    print("    " + ", ".join(f"{n:,}: {item.value:,.1f}" for n, item in zip(sizes, studies, strict=True)))
    assumed: dict[str, Distribution | Dirichlet] = {
        "volume": Gamma(9, 1 / 9),
        "cost": Normal(100, 10),
        "share": Beta(5, 15),
        "mix": Dirichlet(("visit", "call", "letter", "none"), (8, 6, 4, 2)),
    }
    tied = np.eye(7)
    tied[0, 1] = tied[1, 0] = 0.4
    seconds, _ = timed(lambda: draw(assumed, seed=1, correlation=tied), 5)
    line("131,072 draws of 7 correlated inputs", seconds)


if __name__ == "__main__":
    main()
