"""Wrong keys at the sign-in are slowed down, by the address that they come from. In memory, bounded. No I/O.

Each address has so many tries; one is given back every few seconds, and at once if it was right. Who has none left is
not looked at, so a right key waits too, but never longer than for one try to come back. Nobody is made to wait inside:
a thread that slept would be one less for the queue.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict

#: Tries at once, and seconds until one comes back.
TRIES, EACH_S = 10, 3.0
#: Addresses that are remembered; the one that tried longest ago is forgotten first.
REMEMBERED = 10_000
_NETWORK = 64


class Slowing:
    """Counts tries; safe to use from many threads. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: Address -> when all its tries have come back.
        self._full: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._full)

    def begin(self, address: str, now: float) -> float:
        """Take a try: 0, or the seconds until there is one."""
        place = _place(address)
        with self._lock:
            full = max(self._full.get(place, now), now)
            wait = full - now - (TRIES - 1) * EACH_S
            if wait > 0:
                return wait
            self._full[place] = full + EACH_S
            self._full.move_to_end(place)
            if len(self._full) > REMEMBERED:
                self._full.popitem(last=False)
        return 0.0

    def give_back(self, address: str) -> None:
        """Give a try back: the key was right."""
        place = _place(address)
        with self._lock:
            if place in self._full:
                self._full[place] -= EACH_S


def _place(address: str) -> str:
    """What counts as one place: an IPv4 address, or the network that a provider gives to one customer (RFC 6177)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found), _NETWORK), strict=False))
