"""The weights of open_clip as those of transformers' `CLIPModel`: names, layout, sizes.

Both are the network of Radford et al. 2021 (arXiv 2103.00020). open_clip keeps query, key and value in
one matrix and multiplies its projections from the right; the rest differs in names alone. Vision
transformers with the plain text tower only: no ResNet, no SigLIP, no CoCa.
"""

import re
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from inference.errors import ModelNotLoaded

# Of every CLIP vision transformer; no tensor's shape tells it.
HEAD_WIDTH = 64
# Of the BPE vocabulary that all open_clip models of this kind share.
START_TOKEN, END_TOKEN = 49406, 49407
# Not learned: a mask, and what OpenAI's archives note about themselves.
NOT_WEIGHTS = {"attn_mask", "input_resolution", "context_length", "vocab_size"}

NAMES = {
    "logit_scale": "logit_scale",
    "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
    "positional_embedding": "text_model.embeddings.position_embedding.weight",
    "ln_final.weight": "text_model.final_layer_norm.weight",
    "ln_final.bias": "text_model.final_layer_norm.bias",
    "text_projection": "text_projection.weight",
    "visual.class_embedding": "vision_model.embeddings.class_embedding",
    "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
    "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
    "visual.ln_pre.weight": "vision_model.pre_layrnorm.weight",  # transformers' own spelling
    "visual.ln_pre.bias": "vision_model.pre_layrnorm.bias",
    "visual.ln_post.weight": "vision_model.post_layernorm.weight",
    "visual.ln_post.bias": "vision_model.post_layernorm.bias",
    "visual.proj": "visual_projection.weight",
}
TRANSPOSED = {"text_projection", "visual.proj"}
BLOCK = re.compile(r"(visual\.)?transformer\.resblocks\.(\d+)\.(.+)")
BLOCK_NAMES = {
    "ln_1": "layer_norm1",
    "ln_2": "layer_norm2",
    "attn.out_proj": "self_attn.out_proj",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
}
IN_PROJECTIONS = {"attn.in_proj_weight": "weight", "attn.in_proj_bias": "bias"}


def transformers_tensors(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same weights under transformers' names; a name not known stays, for the loader to refuse."""
    renamed: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if name in NOT_WEIGHTS:
            continue
        block = BLOCK.fullmatch(name)
        if block:
            tower = "vision_model" if block[1] else "text_model"
            renamed |= _block_tensors(f"{tower}.encoder.layers.{block[2]}", block[3], tensor)
        else:
            turned = tensor.T.contiguous() if name in TRANSPOSED else tensor
            renamed[NAMES.get(name, name)] = turned
    return renamed


def transformers_config(tensors: Mapping[str, Tensor], activation: str) -> dict[str, Any]:
    """What `CLIPConfig` must be told, read off the shapes of open_clip's tensors.

    `activation` is in no tensor: quick_gelu in OpenAI's weights, gelu in most others; the wrong one
    raises no error and gives worse vectors. Raises ModelNotLoaded when the file is no such network.
    """
    vocabulary, text_width = _shape(tensors, "token_embedding.weight", 2)
    context_length, _ = _shape(tensors, "positional_embedding", 2)
    _, projection_width = _shape(tensors, "text_projection", 2)
    vision_width, _, patch, _ = _shape(tensors, "visual.conv1.weight", 4)
    position_count, _ = _shape(tensors, "visual.positional_embedding", 2)
    text_mlp, _ = _shape(tensors, "transformer.resblocks.0.mlp.c_fc.weight", 2)
    vision_mlp, _ = _shape(tensors, "visual.transformer.resblocks.0.mlp.c_fc.weight", 2)
    patches_a_side = round((position_count - 1) ** 0.5)
    return {
        "projection_dim": projection_width,
        "text_config": {
            "vocab_size": vocabulary,
            "hidden_size": text_width,
            "intermediate_size": text_mlp,
            "num_hidden_layers": _block_count(tensors, "transformer.resblocks."),
            "num_attention_heads": text_width // HEAD_WIDTH,
            "max_position_embeddings": context_length,
            "hidden_act": activation,
            "bos_token_id": START_TOKEN,
            "eos_token_id": END_TOKEN,
        },
        "vision_config": {
            "hidden_size": vision_width,
            "intermediate_size": vision_mlp,
            "num_hidden_layers": _block_count(tensors, "visual.transformer.resblocks."),
            "num_attention_heads": vision_width // HEAD_WIDTH,
            "patch_size": patch,
            "image_size": patch * patches_a_side,
            "hidden_act": activation,
        },
    }


def _block_tensors(layer: str, name: str, tensor: Tensor) -> dict[str, Tensor]:
    """One tensor of a transformer block; the one that holds query, key and value gives three."""
    if name in IN_PROJECTIONS:
        parts = zip("qkv", tensor.chunk(3), strict=True)
        return {
            f"{layer}.self_attn.{part}_proj.{IN_PROJECTIONS[name]}": rows.contiguous() for part, rows in parts
        }
    module, _, kind = name.rpartition(".")
    return {f"{layer}.{BLOCK_NAMES.get(module, module)}.{kind}": tensor}


def _shape(tensors: Mapping[str, Tensor], name: str, dimension_count: int) -> tuple[int, ...]:
    if name not in tensors or tensors[name].dim() != dimension_count:
        received = f"shape {tuple(tensors[name].shape)}" if name in tensors else "no such tensor"
        raise ModelNotLoaded(
            "Expected an open_clip checkpoint of a vision transformer with the plain text tower: "
            f"{dimension_count} dimensions for its tensor {name}, but received {received}"
        )
    return tuple(tensors[name].shape)


def _block_count(tensors: Mapping[str, Tensor], prefix: str) -> int:
    return len({name.removeprefix(prefix).split(".")[0] for name in tensors if name.startswith(prefix)})
