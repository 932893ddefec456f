"""An instance as it leaves the sidecar: a finished PNG and everything known about it."""

import hashlib

import numpy as np
from collage.v1.photo_pb2 import Borders, Box, Cutout, LabelCandidate
from collage.v1.segmentation_service_pb2 import CutoutPicture
from numpy.typing import NDArray

from inference.pictures import encode_png
from inference.segmentation.borders import touched_borders
from inference.segmentation.instances import Instance
from inference.segmentation.matting import decontaminated

EDGE_REACH = 40
"""Soft edges of the segmenters are at most a 40th of the photo's longest side wide."""


def cutout_picture(photo: NDArray[np.uint8], photo_digest: str, instance: Instance) -> CutoutPicture:
    """The cut-out of one instance of a (H, W, 3) photo: PNG cropped to its box, SHA-256, measures.

    Convention: straight 8-bit alpha; the box is in pixels of the photo as it was sent.
    """
    left, top, width, height = instance.box
    area = (slice(top, top + height), slice(left, left + width))
    alpha = instance.alpha[area]
    colors = decontaminated(photo[area], alpha, reach=max(photo.shape) // EDGE_REACH)
    png = encode_png(np.dstack([colors, np.rint(alpha * 255).astype(np.uint8)]))
    borders = touched_borders(instance.alpha)
    cutout = Cutout(
        digest=hashlib.sha256(png).hexdigest(),
        photo_digest=photo_digest,
        width=width,
        height=height,
        box=Box(left=left, top=top, width=width, height=height),
        area_fraction=float(instance.alpha.mean(dtype=np.float64)),
        mask_score=instance.mask_score,
        labels=[
            LabelCandidate(name=label.name, vocabulary=label.vocabulary, score=label.score)
            for label in instance.labels
        ],
        borders=Borders(left=borders.left, top=borders.top, right=borders.right, bottom=borders.bottom),
        may_be_several=instance.may_be_several,
    )
    return CutoutPicture(cutout=cutout, png=png)
