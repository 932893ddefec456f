"""GRoIE by mmdet: the things of COCO's 80 classes, each by itself, also where they touch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from inference.errors import ModelNotHere, ModelNotLoaded
from inference.identity import model_digest
from inference.segmentation.borders import tight_box
from inference.segmentation.box_masks import FORMULA as BOX_FORMULA
from inference.segmentation.box_masks import SaliencyModel, box_mask
from inference.segmentation.duplicates import is_large_enough, with_duplicates_merged
from inference.segmentation.groie_checkpoint import AGAIN, load_weights, read_checkpoint
from inference.segmentation.groie_network import (
    CONFIGS,
    GroieLimits,
    build_network,
    check_installed,
    quietly,
)
from inference.segmentation.instances import Instance, Label, SegmenterDescription
from inference.segmentation.refine_alpha import refine_alpha
from inference.settings import SettingInvalid, Settings

VOCABULARY = "coco-80"
FORMULA = "bilinear, masks at 0.5, guided filter 512/6/1e-3; 1"
"""Part of the identity: count up when results change."""


class Groie:
    """Instances of an mmdet network. A Segmenter.

    Masks are the network's own, or, where it finds boxes only, those of `embedded` in its boxes.
    """

    def __init__(
        self,
        network: Any,
        classes: tuple[str, ...],
        description: SegmenterDescription,
        limits: GroieLimits,
        embedded: SaliencyModel | None = None,
    ) -> None:
        self._network = network
        self._classes = classes
        self._description = description
        self._limits = limits
        self._embedded = embedded

    def describe(self) -> SegmenterDescription:
        """Who answers; the digest covers weights, configuration and limits."""
        return self._description

    def segment(self, photo: NDArray[np.uint8]) -> list[Instance]:
        """(H, W, 3) sRGB -> its things, best first; may be empty.

        The network's masks are hard, in steps of a 28th of the thing's box; their border is matted by the
        photo's own edges. A thing that got two names comes once, with both. Names and scores are the
        network's in any case; a mask that was looked for in a box may hold a neighbor's part.
        """
        small = _scaled(photo, self._limits)
        scores, labels, masks = self._detected(small)
        instances = []
        for score, label, mask in zip(scores, labels, masks, strict=True):
            alpha = refine_alpha(photo, mask)
            box = tight_box(alpha)
            if box is not None and is_large_enough(alpha, box):
                name = Label(self._classes[label], VOCABULARY, score)
                instances.append(
                    Instance(alpha, box, score, [name], may_be_several=self._embedded is not None)
                )
        return with_duplicates_merged(sorted(instances, key=lambda instance: -instance.mask_score))

    def _detected(self, small: NDArray[np.uint8]) -> tuple[list[float], list[int], list[NDArray[np.float32]]]:
        """Scores, class indices and masks (h, w) in a (h, w, 3) photo of the network's size.

        Masks in that size, whatever the photo's: 4 MB each at most.
        """
        from mmdet.structures import DetDataSample

        size = small.shape[:2]
        bgr = torch.from_numpy(np.ascontiguousarray(small[..., ::-1].transpose(2, 0, 1)))  # (3, h, w)
        sample = DetDataSample(metainfo={"img_shape": size, "ori_shape": size, "scale_factor": (1.0, 1.0)})
        with torch.no_grad(), quietly():
            batch = self._network.data_preprocessor({"inputs": [bgr], "data_samples": [sample]}, False)
            found = self._network(**batch, mode="predict")[0].pred_instances
        return (
            [min(1.0, max(0.0, score)) for score in found.scores.cpu().tolist()],
            found.labels.cpu().tolist(),
            self._masks(small, found),
        )

    def _masks(self, small: NDArray[np.uint8], found: Any) -> list[NDArray[np.float32]]:
        if self._embedded is None:
            return list(found.masks.cpu().numpy().astype(np.float32))
        return [box_mask(self._embedded, small, tuple(box)) for box in found.bboxes.cpu().tolist()]


def load_groie_file(
    file: Path,
    config: str,
    pin: str,
    device: torch.device,
    limits: GroieLimits,
    embedded: Callable[[], SaliencyModel],
) -> Groie:
    """The network of `config` (a key of CONFIGS) with the weights of `file`; where it has no masks, they are
    `embedded`'s, loaded for that, and the description says so.

    `pin`: the SHA-256 hex that the file must have, or "". Raises ModelNotLoaded with the remedy when mmdet
    is not installed or the file is not exactly these weights.
    """
    check_installed()
    if not file.is_file():  # before the four seconds that mmdet takes
        raise ModelNotHere(
            f"Expected a checkpoint at GROIE_CHECKPOINT {file} but there is no such file; "
            f"put it there or {AGAIN}"
        )
    checkpoint = read_checkpoint(file, pin)
    network = build_network(config, limits)
    load_weights(network, checkpoint, config, file)
    network.eval().requires_grad_(False).to(device)
    name, revision = "groie", f"{config} ({file.name})"
    digest_parts = [checkpoint.sha256, config, repr(limits), FORMULA]
    is_random = checkpoint.weights_are_random
    masks: SaliencyModel | None = None
    if not CONFIGS[config].has_masks:
        masks = embedded()
        masker = masks.describe()
        name, revision = "groie-boxes", f"{revision}, masks in its boxes by {masker.name}"
        digest_parts += [masker.digest, BOX_FORMULA]
        is_random = is_random or masker.weights_are_random
    description = SegmenterDescription(
        name=name,
        revision=revision,
        digest=model_digest(*digest_parts),
        weights_are_random=is_random,
        license="Apache-2.0",
    )
    return Groie(network, checkpoint.classes, description, limits, masks)


def load_groie(settings: Settings, device: torch.device, embedded: Callable[[], SaliencyModel]) -> Groie:
    """GRoIE as the settings ask for it; `embedded` finds the masks where it finds boxes only. Raises
    ModelNotLoaded (not here, not usable: the message has the remedy) and SettingInvalid."""
    config = CONFIGS.get(settings.groie_config)
    if config is None:
        raise SettingInvalid("GROIE_CONFIG", f"one of {', '.join(CONFIGS)}", repr(settings.groie_config))
    file = _checkpoint_file(settings.groie_checkpoint, settings.models_dir, config.checkpoint)
    limits = GroieLimits(proposals=settings.groie_proposals, score_threshold=settings.groie_score)
    try:
        return load_groie_file(file, settings.groie_config, settings.groie_sha256, device, limits, embedded)
    except ModelNotHere as error:
        if settings.groie_checkpoint:
            raise ModelNotLoaded(str(error)) from error  # somebody thinks that it is here
        raise


def _scaled(photo: NDArray[np.uint8], limits: GroieLimits) -> NDArray[np.uint8]:
    """The photo at the size that the network was trained on, its proportions kept; small ones grow."""
    height, width = photo.shape[:2]
    scale = min(limits.longest_side / max(width, height), limits.shortest_side / min(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.BILINEAR))


def _checkpoint_file(named: str, models_dir: Path, official: str) -> Path:
    """A path of the user's own, or where `npm run models -- get groie` puts an address' file."""
    if named and "://" not in named:
        return Path(named).expanduser()
    return models_dir / (named.rpartition("/")[2] or official)
