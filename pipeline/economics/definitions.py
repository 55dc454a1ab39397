"""The volumes of the cost model: a definition per volume, use and year, which names only those before."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.economics.expression import Tree
from pipeline.economics.model import Costs, Volume

YEAR, IS_FIRST = "year", "is_first"
BEFORE, ALL, TOTAL = "before_", "all_", "total_"


@dataclass(frozen=True)
class Definition:
    """A volume in a year: ``key`` is ``volume.use.year``, or ``volume.year`` where uses share it."""

    key: str
    use: str
    year: int
    tree: Tree


def definitions(costs: Costs) -> Iterator[Definition]:
    """All of them, each after those that it names."""
    for year in costs.years:
        for volume in costs.volumes:
            for use in volume.uses or ("",):
                yield Definition(
                    volume_key(volume.name, use, year), use, year, _resolved(costs, volume, use, year)
                )


def volume_key(name: str, use: str, year: int) -> str:
    """The key of a volume's definition."""
    return f"{name}.{use}.{year}" if use else f"{name}.{year}"


def known_names(costs: Costs, volumes: Sequence[Volume], use: str) -> set[str]:
    """What a formula may name when ``volumes`` stand before it: for one use, or for all where it is empty."""
    made = {*costs.inputs, YEAR, IS_FIRST, *(TOTAL + group for group in costs.groups)}
    for volume in volumes:
        if not volume.uses or use in volume.uses:
            made.add(volume.name)
        elif not use:
            made.add(ALL + volume.name)
    return made | {BEFORE + volume.name for volume in costs.volumes if not volume.uses or use in volume.uses}


def _resolved(costs: Costs, volume: Volume, use: str, year: int) -> Tree:
    """The formula of one use and year: each name is an input or a definition before it, or is spelt out."""
    by_name = {item.name: item for item in costs.volumes}

    def key(name: str, at: int) -> str:
        return volume_key(name, use if by_name[name].uses else "", at)

    def spelt(tree: Tree) -> Tree:
        if isinstance(tree, list):
            return [tree[0], *(spelt(part) for part in tree[1:])]
        if not isinstance(tree, str):
            return tree
        if tree == YEAR:
            return float(year)
        if tree == IS_FIRST:
            return 1.0 if year == costs.first_year else 0.0
        if tree in by_name:
            return key(tree, year)
        if tree.startswith(BEFORE):
            return 0.0 if year == costs.first_year else key(tree.removeprefix(BEFORE), year - 1)
        if tree.startswith(ALL):
            name = tree.removeprefix(ALL)
            return _sum(volume_key(name, one, year) for one in by_name[name].uses)
        if tree.startswith(TOTAL):
            return _sum(costs.groups[tree.removeprefix(TOTAL)])
        return tree

    return spelt(costs.formulas[said(volume.formula, use)])


def _sum(names: Iterable[str]) -> Tree:
    first, *rest = names
    total: Tree = first
    for name in rest:
        total = ["+", total, name]
    return total


def said(formula: str, use: str) -> str:
    """A formula's text for one use."""
    return formula.replace("{use}", use)
