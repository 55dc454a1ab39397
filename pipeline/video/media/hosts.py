"""Which addresses of this machine aioice offers; by itself it never offers loopback."""

from collections.abc import Callable

import aioice.ice

_system = aioice.ice.get_host_addresses


def listen_at(address: str) -> None:
    """In this process from now on: the given address; empty: the machine's own, else loopback."""
    aioice.ice.get_host_addresses = _only(address)


def _only(address: str) -> Callable[[bool, bool], list[str]]:
    def found(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        if address:
            return [address]
        return _system(use_ipv4, use_ipv6) or ["127.0.0.1"]

    return found
