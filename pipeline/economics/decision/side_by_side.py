"""Work on arrays, as much at a time as there are processors."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


def side_by_side(work: Callable[[_Item], _Made], items: Iterable[_Item]) -> list[_Made]:
    """``work`` of each item, in their order.

    In threads: numpy lets go of the interpreter while it computes. Each result is its own item's alone, so
    that none depends on how many were at work. Raises what the first item that fails raises.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(work, items))
