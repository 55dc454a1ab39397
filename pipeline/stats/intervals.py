"""Confidence intervals of proportions."""

from math import sqrt
from statistics import NormalDist


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a proportion, as shares 0-1.

    Source: Wilson 1927; Newcombe, Statistics in Medicine 1998;17:857-872, method 3. Raises ValueError unless
    0 <= successes <= n and n > 0.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"wilson: {successes} of {n}")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    centre = successes + z * z / 2
    half = z * sqrt(successes * (n - successes) / n + z * z / 4)
    low, high = (centre - half) / (n + z * z), (centre + half) / (n + z * z)
    return (0.0 if successes == 0 else low), (1.0 if successes == n else high)


def newcombe_difference(
    first: tuple[int, int], second: tuple[int, int], confidence: float = 0.95
) -> tuple[float, float]:
    """Newcombe's hybrid score interval of the difference between two independent proportions.

    Each argument is (successes, n). Source: Newcombe, Statistics in Medicine 1998;17:873-890, method 10.
    """
    share_1, share_2 = first[0] / first[1], second[0] / second[1]
    low_1, high_1 = wilson(*first, confidence)
    low_2, high_2 = wilson(*second, confidence)
    difference = share_1 - share_2
    return (
        difference - sqrt((share_1 - low_1) ** 2 + (high_2 - share_2) ** 2),
        difference + sqrt((high_1 - share_1) ** 2 + (share_2 - low_2) ** 2),
    )
