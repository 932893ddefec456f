"""The bounded cache: what stays, what goes, and what a call that misses something hears."""

import numpy as np
import pytest
import torch

from inference.composition.cutout_cache import CachedCutout, CutoutCache, make_sprites
from inference.composition.sprites import TouchedBorders
from inference.errors import UnknownCutout


def cutout(side: int = 5) -> CachedCutout:
    return CachedCutout(np.zeros((side, side, 4), np.uint8), TouchedBorders(left=True))  # 100 bytes


def test_the_least_recently_named_goes_first() -> None:
    cache = CutoutCache(300)
    for digest in ("a", "b", "c"):
        cache.put(digest, cutout())
    cache.get(["a"])
    cache.put("d", cutout())
    assert [digest in cache for digest in "abcd"] == [True, False, True, True]


def test_putting_a_digest_again_counts_it_once() -> None:
    cache = CutoutCache(200)
    for digest in ("a", "b", "b", "b"):
        cache.put(digest, cutout())
    assert "a" in cache and "b" in cache


def test_a_cutout_larger_than_the_cache_is_not_kept() -> None:
    cache = CutoutCache(50)
    cache.put("a", cutout())
    assert "a" not in cache


def test_a_miss_names_every_missing_digest_once() -> None:
    cache = CutoutCache(1000)
    cache.put("b", cutout())
    with pytest.raises(UnknownCutout) as error:
        cache.get(["c", "b", "a", "c"])
    assert error.value.metadata == {"digests": "a,c"}


def test_sprites_keep_size_and_borders() -> None:
    cache = CutoutCache(1000)
    cache.put("a", cutout(7))
    (sprite,) = make_sprites(cache.get(["a"]), torch.device("cpu")).of(["a"])
    assert (sprite.width, sprite.height, sprite.borders.left) == (7, 7, True)
