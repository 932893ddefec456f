"""Layers of a scene's tensors: some of them in another order, or one more."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from collage.v1 import scene_pb2 as pb

from inference.composition.scene_tensors import SceneTensors, scene_to_tensors

# The fields of SceneTensors whose rows are layers.
LAYER_FIELDS = ("flipped", "centers", "heights", "rotations", "opacities", "tints")


def take_layers(scene: SceneTensors, indices: Sequence[int]) -> SceneTensors:
    """The layers with these indices, in that order; differentiable. `scene.scene` stays that of all."""
    if list(indices) == list(range(scene.layer_count)):
        return scene
    rows = torch.tensor(indices, dtype=torch.long)
    # Not scene.centers[rows]: its backward adds up with float atomics, this one copies rows.
    fields = {name: getattr(scene, name).index_select(0, rows) for name in LAYER_FIELDS}
    return replace(scene, digests=[scene.digests[index] for index in indices], **fields)


def append_layer(scene: SceneTensors, layer: pb.Layer) -> None:
    """One more layer, on top, in place; the tensors are new ones that require gradients as the old did."""
    row = pb.Scene(aspect_ratio=scene.aspect_ratio, background=scene.scene.background, layers=[layer])
    tensors = scene_to_tensors(row)
    for name in LAYER_FIELDS:
        old = getattr(scene, name)
        new = torch.cat([old.detach(), getattr(tensors, name)])
        setattr(scene, name, new.requires_grad_(old.requires_grad))
    scene.digests.append(layer.cutout_digest)
    scene.scene.layers.append(layer)
