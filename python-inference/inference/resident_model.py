"""A model that is in memory while it is used, and given back when nobody has used it for a while."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, Protocol, TypeVar, cast

from inference.embedding.perceptor import Perceptor, PerceptorDescription
from inference.errors import ModelNotLoaded
from inference.identity import ModelDescription
from inference.segmentation.instances import Segmenter, SegmenterDescription


class Described(Protocol):
    """Any model."""

    def describe(self) -> ModelDescription:
        """Who answers."""
        ...


Model = TypeVar("Model", bound=Described)
Description = TypeVar("Description", bound=ModelDescription)


class ResidentModel(Generic[Model, Description]):
    """Holds one model. What it is stays known while it is away.

    Loading and unloading happen in `use` and `unload_if_idle`: both belong in the one thread that does the
    torch work. `hold` and `describe` may be called from anywhere.
    """

    def __init__(
        self,
        load: Callable[[], Model],
        model: Model | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`load` makes the model anew each time and may keep nothing of it; `model` is it, already loaded."""
        self._load, self._clock = load, clock
        self._lock = Lock()
        self._model = model
        self._description = cast(Description, model.describe()) if model else None
        self._holder_count = 0
        self._last_used = clock()

    @property
    def is_loaded(self) -> bool:
        """Whether it takes up memory now."""
        return self._model is not None

    @property
    def description(self) -> Description | None:
        """Who answers; None: it was never loaded."""
        return self._description

    def describe(self) -> Description:
        """Who answers, without loading it again; a model that was never loaded is (raises ModelNotLoaded)."""
        if self._description is None:
            with self.use():
                pass
        return cast(Description, self._description)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keeps the model where it is, loads nothing: for a call that may pause between two uses."""
        with self._lock:
            self._holder_count += 1
        try:
            yield
        finally:
            with self._lock:
                self._holder_count -= 1
                self._last_used = self._clock()

    @contextmanager
    def use(self) -> Iterator[Model]:
        """The model, loaded if it is not; it stays loaded for as long as this lasts. Raises ModelNotLoaded,
        also where another model than before is loaded: what it makes may not pass for the first one's."""
        with self.hold():
            if self._model is None:
                self._model = self._loaded()
            yield self._model

    def _loaded(self) -> Model:
        model = self._load()
        description = cast(Description, model.describe())
        if self._description is not None and description.digest != self._description.digest:
            first, second = (
                f"{each.name} with digest {each.digest[:12]}" for each in (self._description, description)
            )
            raise ModelNotLoaded(
                f"Expected {first} to be loaded again but received {second}: its files have changed since "
                "the sidecar started; put them back, or start the sidecar again"
            )
        self._description = description
        return model

    def unload_if_idle(self, idle_seconds: float) -> bool:
        """Lets go of the model if nobody holds it and it was not used for so long. The memory is free once
        Python and its allocators have given it up (memory.give_back)."""
        with self._lock:
            idle = self._clock() - self._last_used
            if self._model is None or self._holder_count or idle < idle_seconds:
                return False
            self._model = None
            return True


ResidentPerceptor = ResidentModel[Perceptor, PerceptorDescription]
ResidentSegmenter = ResidentModel[Segmenter, SegmenterDescription]
