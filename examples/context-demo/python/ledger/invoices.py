"""Invoices, and what they come to in another currency."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ledger.rates import RateBook
from ledger.rounding import to_whole_cents


@dataclass
class Line:
    """One position of an invoice."""

    text: str
    amount: Decimal


@dataclass
class Invoice:
    """What somebody owes."""

    number: str
    currency: str
    issued_on: date
    lines: list[Line] = field(default_factory=list)

    def total(self) -> Decimal:
        """The sum of all lines."""
        return sum((line.amount for line in self.lines), Decimal(0))


def total_in(invoice: Invoice, currency: str, book: RateBook) -> Decimal:
    """The invoice's total in a currency, at the last rate before it was issued."""
    if currency == invoice.currency:
        return invoice.total()
    rate = book.latest_before(invoice.currency, currency, invoice.issued_on)
    if rate is None:
        raise LookupError(f"no rate for {invoice.currency} in {currency}")
    return to_whole_cents(invoice.total() * rate.mid_price)
