"""What waits to be encoded, in an order that is fair to callers."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Waiting(Generic[Item]):
    """An item and since when it waits, in the seconds of the caller's clock."""

    item: Item
    since: float


class FairQueue(Generic[Item]):
    """Callers take turns, one item a turn; a caller's own items keep their order.

    So a caller's first item waits for one item of every other caller at most, however many those sent
    before. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        # Whose turn it is first; only callers that have something waiting.
        self._waiting: OrderedDict[object, deque[Waiting[Item]]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, caller: object, item: Item, now: float) -> None:
        """To the end of the caller's items."""
        with self._lock:
            self._waiting.setdefault(caller, deque()).append(Waiting(item, now))
            self._count += 1

    def take(self, most: int) -> list[Item]:
        """Up to `most` items, taken out in turns."""
        taken: list[Item] = []
        with self._lock:
            while self._waiting and len(taken) < most:
                caller, items = self._waiting.popitem(last=False)
                taken.append(items.popleft().item)
                if items:
                    self._waiting[caller] = items  # behind all others
            self._count -= len(taken)
        return taken

    def drop(self, caller: object) -> None:
        """Forgets what the caller has waiting."""
        with self._lock:
            self._count -= len(self._waiting.pop(caller, ()))

    def oldest_since(self) -> float | None:
        """Since when the item that waits longest has waited; None: nothing waits."""
        with self._lock:
            return min((items[0].since for items in self._waiting.values()), default=None)
