"""How often something may be tried: a bucket per key, in bounded memory; and whether the disk is full."""

import errno
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_KEYS = 50_000
# The disk, the quota, or the size that a process may write.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: BaseException) -> bool:
    """Whether ``error`` says that there is no room for what was to be written."""
    return isinstance(error, OSError) and error.errno in _FULL


@dataclass
class RateLimit:
    """``most`` at once and then one every ``every_s`` seconds. Keys are kept as salted hashes only."""

    most: int
    every_s: float
    clock: Callable[[], float] = time.monotonic
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    _left: "OrderedDict[bytes, tuple[float, float]]" = field(default_factory=OrderedDict, repr=False)

    def allow(self, key: str) -> bool:
        """Use one up; False when none is left."""
        name, left = self._now(key)
        if left < 1:
            return False
        self._put(name, left - 1)
        return True

    def wait_s(self, key: str) -> float:
        """Seconds until one more is allowed."""
        return max(0.0, (1 - self._now(key)[1]) * self.every_s)

    def _now(self, key: str) -> tuple[bytes, float]:
        name = hashlib.blake2b(key.encode(), key=self._salt, digest_size=12).digest()
        left, at = self._left.get(name, (float(self.most), self.clock()))
        return name, min(float(self.most), left + max(0.0, self.clock() - at) / self.every_s)

    def _put(self, name: bytes, left: float) -> None:
        self._left[name] = (left, self.clock())
        self._left.move_to_end(name)
        while len(self._left) > MOST_KEYS:
            self._left.popitem(last=False)
