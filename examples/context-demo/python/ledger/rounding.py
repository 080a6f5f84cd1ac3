"""Rounding amounts as the tax office wants it."""

from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")


def to_whole_cents(amount: Decimal, *, step: Decimal = CENT) -> Decimal:
    """The amount rounded to whole cents, halves to the even one."""
    return amount.quantize(step, rounding=ROUND_HALF_EVEN)
