"""Lift: by how many standard deviations a picture is nearer to its prompt than random layouts are.

from judging.cutouts import load_cutouts
from judging.judge import load_judge
cutouts = load_cutouts(folder)
reference = reference_of(cutouts, 1.5, load_judge())  # or inference.embedding.starter.load_starter()
reference.lift(paint_scene(scene, cutouts.sprites).picture, cutouts.prompt)
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from inference.embedding.perceptor import Perceptor
from judging.cutouts import FoundCutouts
from judging.data import DATA
from judging.paint_scene import paint_scene
from judging.reference_layouts import VERSION, reference_layouts


@dataclass(frozen=True)
class Reference:
    """What a lift of these cut-outs on a canvas of these proportions is measured from."""

    perceptor: Perceptor
    vectors: Tensor  # (100, D) of the random layouts

    def similarity(self, picture: Tensor, text: str) -> float:
        """Cosine of a whole (3, H, W) picture in [0, 1] and a text."""
        return float(see([picture], self.perceptor)[0] @ self._encode(text))

    def lift(self, picture: Tensor, text: str) -> float:
        """Standard deviations by which the picture beats the mean random layout; any RGB picture will do."""
        mean, deviation = self._spread(text)
        return (self.similarity(picture, text) - mean) / deviation

    def mirror_drop(self, picture: Tensor, text: str) -> float:
        """What is lost when it is mirrored, in the same unit: far above 0, something like letters has won."""
        loss = self.similarity(picture, text) - self.similarity(picture.flip(-1), text)
        return loss / self._spread(text)[1]

    def _spread(self, text: str) -> tuple[float, float]:
        similarities = (self.vectors @ self._encode(text)).double()
        return float(similarities.mean()), max(float(similarities.std()), 1e-6)

    def _encode(self, text: str) -> Tensor:
        return self.perceptor.encode_texts([text])[0]


def reference_of(cutouts: FoundCutouts, aspect_ratio: float, perceptor: Perceptor) -> Reference:
    """Paints and sees the random layouts, about ten CPU-seconds; kept, so the second time takes none."""
    depends_on = [VERSION, cutouts.digests, aspect_ratio, perceptor.describe().digest]
    key = hashlib.sha256(repr(depends_on).encode()).hexdigest()[:16]
    file = DATA / "references" / f"{key}.npy"
    if not file.exists():
        scenes = reference_layouts(cutouts, aspect_ratio)
        pictures = [paint_scene(scene, cutouts.sprites).picture for scene in scenes]
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, see(pictures, perceptor).numpy())
    return Reference(perceptor, torch.from_numpy(np.load(file)))


@torch.no_grad()
def see(pictures: list[Tensor], perceptor: Perceptor) -> Tensor:
    """(N, D) vectors of whole (3, H, W) pictures in [0, 1], each squashed to the perceptor's square."""
    side = perceptor.describe().input_size
    squashed = [
        F.interpolate(picture[None], (side, side), mode="bilinear", antialias=True) for picture in pictures
    ]
    # One at a time: company moves the last bits.
    return torch.cat([perceptor.encode_pictures(picture) for picture in squashed])


def overfit_index(optimized_lift: float, held_out_lift: float) -> float:
    """1 - held-out / optimized: 0, all won is seen by both; 1, none is; NaN where nothing was won."""
    return 1 - held_out_lift / optimized_lift if optimized_lift > 0 else float("nan")
