"""What a small shop has on its shelves."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Item:
    name: str
    price: float
    quantity: int = 0

    def value(self) -> float:
        """What all of it is worth."""

    def sell(self, count: int) -> None:
        if count > self.quantity:
            raise ValueError(f"only {self.quantity} of {self.name} left")
        self.quantity -= count


@dataclass
class Inventory:
    items: dict[str, Item] = field(default_factory=dict)

    def add(self, item: Item) -> None:
        known = self.items.get(item.name)
        if known is None:
            self.items[item.name] = item
        else:
            known.quantity += item.quantity

    def total(self) -> float:
        """What everything on the shelves is worth."""

    def cheapest(self, count: int = 3) -> list[Item]:
        return sorted(self.items.values(), key=lambda item: item.price)[:count]
