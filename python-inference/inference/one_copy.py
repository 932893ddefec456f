"""Weights in memory once, however many models are made of them."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

Loaded = TypeVar("Loaded")


class OneCopy(Generic[Loaded]):
    """What was loaded, by what it was loaded from, for as long as somebody holds it.

    Only for what nobody changes. To be used in one thread at a time.
    """

    def __init__(self) -> None:
        self._held: WeakValueDictionary[Hashable, Loaded] = WeakValueDictionary()

    def get(self, source: Hashable, load: Callable[[], Loaded]) -> Loaded:
        """The one that is held, else what `load` gives. `source` names files, by hash, and device."""
        held = self._held.get(source)
        if held is None:
            held = load()
            self._held[source] = held
        return held
