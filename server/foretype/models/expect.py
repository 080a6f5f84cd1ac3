"""How fast a model would be on this machine, before it is there: from the speed of memory and the model's size."""

from __future__ import annotations

import time

_BYTES = 32_000_000
_TIMES = 4
# Writing a token reads all weights once. A copy reads and writes, on one core; decoding reads, on all of them.
# Measured on 2 cores: 37 tokens/s with 491 MB, where a copy ran at 6.6 GB/s.
_SHARE = 2.75


def copying_speed() -> float:
    """Bytes a second that one core copies, the best of a few times; takes some 20 ms."""
    source, target = bytes(_BYTES), memoryview(bytearray(_BYTES))
    best = float("inf")
    for _ in range(_TIMES):
        began = time.perf_counter()
        target[:] = source
        best = min(best, time.perf_counter() - began)
    return _BYTES / max(best, 1e-6)


def expected_speed(copying: float, size_mb: int) -> float:
    """Tokens a second to expect of a model of so many megabytes, on the processor alone; an estimate."""
    return _SHARE * copying / (size_mb * 1_000_000)
