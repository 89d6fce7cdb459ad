"""Ids that sort by the moment they were made, so that the newest rows of a table stand together in its indexes."""

import os
import threading
import time

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A UUID version 7 (RFC 9562) as 32 hexadecimal digits; each is larger than all this process made before.

    The twelve bits after the version are the fraction of the millisecond (method 3 of section 6.2).
    """
    global _last  # noqa: PLW0603 -- one clock for the process
    with _lock:
        now = time.time_ns()
        # milliseconds in the upper 48 bits, 1/4096 of one in the lower 12
        tick = (now // 1_000_000 << 12) | (now % 1_000_000 * 4096 // 1_000_000)
        _last = tick = max(tick, _last + 1)
    random = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
    return f"{(tick >> 12) << 80 | 7 << 76 | (tick & 0xFFF) << 64 | 2 << 62 | random:032x}"
