"""Exchange rates as they were published, day by day."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Rate:
    """What one unit of ``base`` cost in ``quote``."""

    base: str
    quote: str
    mid_price: Decimal
    published_on: date


class RateBook:
    """The published rates, by currency pair."""

    def __init__(self) -> None:
        self._rates: dict[tuple[str, str], list[Rate]] = {}

    def record(self, rate: Rate) -> None:
        """Adds a rate; those of one pair come in the order of their days."""
        self._rates.setdefault((rate.base, rate.quote), []).append(rate)

    def latest_before(self, base: str, quote: str, day: date) -> Rate | None:
        """The last rate published before a day, or None if there is none."""
        rates = self._rates.get((base, quote), [])
        position = bisect_right(rates, day, key=lambda rate: rate.published_on)
        return rates[position - 1] if position else None
