"""Cut-outs kept at hand between calls: as many as fit, the least recently named go first."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from inference.composition.sprites import SpriteSet, TouchedBorders, make_sprite
from inference.errors import UnknownCutout


@dataclass(frozen=True)
class CachedCutout:
    """A cut-out as it was put: 4 bytes a pixel; sprites are four times larger and live for one call."""

    rgba: NDArray[np.uint8]  # (H, W, 4), straight alpha
    borders: TouchedBorders


class CutoutCache:
    """Cut-outs by digest, bounded in bytes; safe to use from any thread."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._byte_count = 0
        self._cutouts: OrderedDict[str, CachedCutout] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, digest: str, cutout: CachedCutout) -> None:
        """Keeps a cut-out, the last one of a digest; one larger than the whole cache is not kept."""
        with self._lock:
            if digest in self._cutouts:
                self._byte_count -= self._cutouts.pop(digest).rgba.nbytes
            self._cutouts[digest] = cutout
            self._byte_count += cutout.rgba.nbytes
            while self._byte_count > self._max_bytes:
                _, dropped = self._cutouts.popitem(last=False)
                self._byte_count -= dropped.rgba.nbytes

    def __contains__(self, digest: str) -> bool:
        with self._lock:
            return digest in self._cutouts

    def get(self, digests: Iterable[str]) -> dict[str, CachedCutout]:
        """All of them, now most recently used; raises UnknownCutout naming every one that is missing."""
        wanted = sorted(set(digests))
        with self._lock:
            missing = [digest for digest in wanted if digest not in self._cutouts]
            if missing:
                raise UnknownCutout(missing)
            for digest in wanted:
                self._cutouts.move_to_end(digest)
            return {digest: self._cutouts[digest] for digest in wanted}


def make_sprites(
    cutouts: dict[str, CachedCutout], device: torch.device, dtype: torch.dtype = torch.float32
) -> SpriteSet:
    """The cut-outs of one call, ready for the compositor."""
    sprites = {
        digest: make_sprite(torch.from_numpy(cutout.rgba), cutout.borders, dtype, device)
        for digest, cutout in cutouts.items()
    }
    return SpriteSet(sprites, dtype, device)
