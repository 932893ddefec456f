"""Models that come and go, under a clock that the test moves."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from inference.embedding.perceptor import PerceptorDescription
from inference.embedding.starter import load_starter
from inference.errors import ModelNotLoaded
from inference.idle_models import unload_idle
from inference.memory import resident_bytes
from inference.resident_model import ResidentModel, ResidentPerceptor


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Named:
    """A model that is its name."""

    def __init__(self, digest: str) -> None:
        self.digest = digest

    def describe(self) -> PerceptorDescription:
        return PerceptorDescription("named", "1", self.digest, True, "CC0-1.0", 3, 8)


class Shelf:
    """Loads what lies on it, and counts."""

    def __init__(self) -> None:
        self.digest = "a" * 64
        self.loaded_count = 0
        self.clock = Clock()
        self.resident: ResidentModel[Named, PerceptorDescription] = ResidentModel(
            self._load, clock=self.clock
        )

    def _load(self) -> Named:
        self.loaded_count += 1
        return Named(self.digest)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_a_model_is_loaded_when_first_used_and_stays(shelf: Shelf) -> None:
    assert (shelf.resident.is_loaded, shelf.resident.description) == (False, None)
    with shelf.resident.use() as first:
        pass
    with shelf.resident.use() as second:
        assert second is first
    assert shelf.loaded_count == 1


def test_it_leaves_after_its_idle_time_and_not_before(shelf: Shelf) -> None:
    with shelf.resident.use():
        shelf.clock.now += 50  # used until now
    shelf.clock.now += 9.9
    assert not shelf.resident.unload_if_idle(10)
    shelf.clock.now += 0.2
    assert shelf.resident.unload_if_idle(10)
    assert not shelf.resident.is_loaded
    assert not shelf.resident.unload_if_idle(10)  # nothing left to unload


def test_who_it_is_stays_known_while_it_is_away(shelf: Shelf) -> None:
    with shelf.resident.use():
        pass
    shelf.clock.now += 10
    shelf.resident.unload_if_idle(10)
    assert shelf.resident.describe().digest == "a" * 64
    assert shelf.loaded_count == 1


def test_use_after_unloading_loads_it_again(shelf: Shelf) -> None:
    for _ in range(3):
        with shelf.resident.use():
            pass
        shelf.clock.now += 10
        shelf.resident.unload_if_idle(10)
    assert shelf.loaded_count == 3


def test_whoever_holds_or_uses_it_keeps_it_loaded(shelf: Shelf) -> None:
    with shelf.resident.hold():
        assert not shelf.resident.is_loaded  # holding loads nothing
        with shelf.resident.use():
            shelf.clock.now += 100
            assert not shelf.resident.unload_if_idle(10)
        shelf.clock.now += 100
        assert not shelf.resident.unload_if_idle(10)
    shelf.clock.now += 10
    assert shelf.resident.unload_if_idle(10)


def test_another_model_in_its_place_is_refused_until_the_first_is_back(shelf: Shelf) -> None:
    with shelf.resident.use():
        pass
    shelf.clock.now += 10
    shelf.resident.unload_if_idle(10)
    shelf.digest = "b" * 64
    for _ in range(2):
        with (
            pytest.raises(ModelNotLoaded, match=r"digest aaaaaaaaaaaa .* received .* bbbbbbbbbbbb"),
            shelf.resident.use(),
        ):
            pass
    assert not shelf.resident.is_loaded
    shelf.digest = "a" * 64
    with shelf.resident.use() as model:
        assert model.digest == "a" * 64


def test_a_model_that_failed_to_load_is_not_held(shelf: Shelf) -> None:
    def fail() -> Named:
        raise ModelNotLoaded("gone")

    resident: ResidentModel[Named, PerceptorDescription] = ResidentModel(fail, Named("a"), shelf.clock)
    shelf.clock.now += 10
    resident.unload_if_idle(10)
    with pytest.raises(ModelNotLoaded, match="gone"), resident.use():
        pass
    assert resident.describe().digest == "a"


def test_idle_models_are_named_and_the_others_left(shelf: Shelf) -> None:
    busy = Shelf()
    models = {"idle": shelf.resident, "busy": busy.resident}
    for each in models.values():
        with each.use():
            pass
    shelf.clock.now += 10
    assert unload_idle(models, 10) == ["idle"]
    assert busy.resident.is_loaded


def test_an_unloaded_perceptor_is_really_gone_and_comes_back_to_the_bit() -> None:
    with ThreadPoolExecutor(1) as executor:  # a thread of its own, as in the sidecar
        clock = Clock()
        perceptor: ResidentPerceptor = ResidentModel(load_starter, clock=clock)
        pictures = torch.rand(2, 3, 240, 240, generator=torch.Generator().manual_seed(0))

        def vectors() -> torch.Tensor:
            with torch.no_grad(), perceptor.use() as model:
                return torch.cat([model.encode_pictures(pictures), model.encode_texts(["a dog"])])

        def held() -> weakref.ref[object]:
            with perceptor.use() as model:
                return weakref.ref(model)

        before = executor.submit(vectors).result()
        gone = executor.submit(held).result()
        clock.now += 10
        assert executor.submit(unload_idle, {"perceptor": perceptor}, 10).result() == ["perceptor"]
        gc.collect()
        assert gone() is None
        assert torch.equal(executor.submit(vectors).result(), before)


def test_the_resident_size_of_the_process_is_told_in_bytes() -> None:
    before = resident_bytes()
    ballast = torch.ones(50 * 1024 * 1024 // 4)
    assert 40 * 2**20 < resident_bytes() - before < 80 * 2**20
    del ballast
