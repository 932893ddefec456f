"""CLIP's files, wherever they lie, as one thing: network, tokenizer, preprocessing, identity."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import try_to_load_from_cache
from torch import Tensor
from transformers import CLIPConfig, CLIPModel

from inference.embedding.clip_architecture import ClipConfig, check_architecture, named_architecture
from inference.embedding.clip_preprocessing import (
    ClipPreprocessing,
    preprocessing_beside,
    preprocessing_of_folder,
    read_json,
)
from inference.embedding.clip_tokenizer import (
    ClipTokenizer,
    check_tokenizer,
    packaged_tokenizer,
    tokenizer_of_folder,
)
from inference.embedding.open_clip_keys import transformers_config, transformers_tensors
from inference.errors import ModelNotHere, ModelNotLoaded
from inference.model_files.catalog import DEFAULT_CLIP_MODEL
from inference.model_files.errors import ModelFileError
from inference.model_files.local_clip import HUB_ID, local_clip_folder
from inference.model_files.lock_file import read_lock
from inference.settings import SettingInvalid, Settings
from inference.weight_file import WEIGHT_SUFFIXES, checked_sha256, read_tensors, says_random

# As their publishers state them; of other models we know nothing.
LICENSES = {
    "openai/clip-vit-base-patch32": "MIT",
    "openai/clip-vit-base-patch16": "MIT",
    "openai/clip-vit-large-patch14": "MIT",
    "laion/CLIP-ViT-B-32-laion2B-s34B-b79K": "MIT",
    "laion/CLIP-ViT-B-16-laion2B-s34B-b88K": "MIT",
    "laion/CLIP-ViT-L-14-laion2B-s32B-b82K": "MIT",
}
UNKNOWN_LICENSE = "not stated; see where the weights come from"
# Buffers that older versions of transformers wrote among the weights; they only count.
NOT_WEIGHTS = {"text_model.embeddings.position_ids", "vision_model.embeddings.position_ids"}


@dataclass(frozen=True)
class ClipCheckpoint:
    """A whole CLIP, on the CPU, in the type its weights were saved in.

    `revision` says which for people, without a path of the machine; `digest_parts` is all that its
    vectors depend on but the type of numbers and the wording of texts.
    """

    network: Any  # transformers.CLIPModel
    tokenizer: ClipTokenizer
    preprocessing: ClipPreprocessing
    revision: str
    digest_parts: tuple[str, ...]
    weights_are_random: bool
    license: str


def read_clip(settings: Settings) -> ClipCheckpoint:
    """The CLIP that CLIP_MODEL names: a folder, a raw open_clip file, or a hub id (`owner/name`,
    `owner/name@revision`) whose files are in MODELS_DIR or the hub's cache; nothing is downloaded here.

    Raises SettingInvalid for a setting that cannot be meant, ModelNotLoaded for files that are missing,
    damaged, not those of CLIP_SHA256 or of another shape; each message says what to do.
    """
    named = settings.clip_model
    architecture = named_architecture(settings.clip_architecture)
    path = Path(named).expanduser()
    hub_id = HUB_ID.fullmatch(named)
    if path.is_dir():
        checkpoint = _read_folder(path, settings, path.resolve().name, UNKNOWN_LICENSE)
    elif path.is_file():
        checkpoint = _read_raw_file(path, settings)
    elif hub_id and path.suffix not in WEIGHT_SUFFIXES:
        folder, revision = _hub_folder(hub_id["id"], hub_id["revision"], settings.models_dir)
        checkpoint = _read_folder(folder, settings, revision, LICENSES.get(hub_id["id"], UNKNOWN_LICENSE))
    else:
        raise SettingInvalid(
            "CLIP_MODEL",
            "a hub id (owner/name), a folder, or a .safetensors or .pt file",
            f"{named!r}, and there is no {path.absolute()}",
        )
    if architecture:
        check_architecture(checkpoint.network.config, architecture, named)
    return checkpoint


def _hub_folder(hub_id: str, revision: str | None, models_dir: Path) -> tuple[Path, str]:
    """Where a hub's model lies, found without network, and which one it is for people.

    MODELS_DIR first, where `npm run models -- get clip` puts it, then the cache of the hub's client.
    """
    if revision is None and (folder := local_clip_folder(hub_id, models_dir)):
        if not folder.is_relative_to(models_dir):
            return folder, f"{hub_id}@{folder.name[:12]}"
        try:
            lock = read_lock(folder)  # none where a person put it there
        except ModelFileError as error:
            raise ModelNotLoaded(str(error)) from error
        return folder, f"{hub_id}@{lock.revision[:12]}" if lock else hub_id
    which = f"{hub_id}@{revision}" if revision else hub_id
    config = try_to_load_from_cache(hub_id, "config.json", revision=revision)
    if not isinstance(config, str):
        # The default is what nobody has chosen.
        kind = ModelNotHere if which == DEFAULT_CLIP_MODEL else ModelNotLoaded
        raise kind(
            f"Expected CLIP_MODEL, {which}, in {models_dir} or the hub's cache but it is in neither; run "
            "`npm run models -- get clip`, or set CLIP_MODEL to a folder or file that holds it"
        )
    folder = Path(config).parent
    return folder, f"{hub_id}@{folder.name[:12]}"


def _read_folder(folder: Path, settings: Settings, revision: str, license: str) -> ClipCheckpoint:
    """config.json, model.safetensors (or pytorch_model.bin), tokenizer and preprocessor_config.json."""
    raw_config = read_json(folder / "config.json")
    weights_are_random = raw_config.pop("weights_are_random", False) is True
    config = _clip_config(raw_config, folder)
    activation = config.vision_config.hidden_act
    if settings.clip_activation and {activation, config.text_config.hidden_act} != {settings.clip_activation}:
        raise SettingInvalid(
            "CLIP_ACTIVATION",
            f"nothing, or {activation} as {folder / 'config.json'} says,",
            repr(settings.clip_activation),
        )
    weights = _weights_of_folder(folder)
    sha256 = checked_sha256(weights, settings.clip_sha256, "CLIP_SHA256")
    preprocessing = preprocessing_of_folder(folder, config.vision_config.image_size)
    tokenizer = tokenizer_of_folder(folder)
    tensors = {name: value for name, value in read_tensors(weights).items() if name not in NOT_WEIGHTS}
    return ClipCheckpoint(
        network=_network(config, tensors, weights, tokenizer),
        tokenizer=tokenizer,
        preprocessing=preprocessing,
        revision=revision,
        digest_parts=_digest_parts(sha256, config, preprocessing, tokenizer),
        weights_are_random=weights_are_random,
        license=license,
    )


def _read_raw_file(weights: Path, settings: Settings) -> ClipCheckpoint:
    """One file of weights as open_clip names them. Of those, only `.safetensors` can say that its weights are
    random (`says_random`)."""
    if weights.suffix not in WEIGHT_SUFFIXES:
        raise SettingInvalid("CLIP_MODEL", f"a file that ends in {', '.join(WEIGHT_SUFFIXES)}", str(weights))
    if not settings.clip_activation:
        raise SettingInvalid(
            "CLIP_ACTIVATION",
            "quick_gelu (OpenAI's weights) or gelu (LAION's and most others'), which no file of open_clip "
            f"tells and CLIP_MODEL={weights.name} therefore needs,",
            "nothing",
        )
    sha256 = checked_sha256(weights, settings.clip_sha256, "CLIP_SHA256")
    tensors = read_tensors(weights)
    config = _clip_config(transformers_config(tensors, settings.clip_activation), weights)
    preprocessing = preprocessing_beside(weights, config.vision_config.image_size)
    tokenizer = packaged_tokenizer()
    return ClipCheckpoint(
        network=_network(config, transformers_tensors(tensors), weights, tokenizer),
        tokenizer=tokenizer,
        preprocessing=preprocessing,
        revision=f"{weights.name}, {settings.clip_activation}",
        digest_parts=_digest_parts(sha256, config, preprocessing, tokenizer),
        weights_are_random=says_random(weights),
        license=UNKNOWN_LICENSE,
    )


def _weights_of_folder(folder: Path) -> Path:
    for name in ("model.safetensors", "pytorch_model.bin"):
        if (folder / name).is_file():
            return folder / name
    raise ModelNotLoaded(
        f"Expected model.safetensors or pytorch_model.bin in {folder} but there is neither; the download may "
        "have been cut short: fetch the model again"
    )


def _clip_config(raw: dict[str, Any], source: Path) -> ClipConfig:
    if raw.get("model_type", "clip") != "clip":
        raise ModelNotLoaded(
            f"Expected a model of type clip in {source} but received {raw['model_type']!r}, another network"
        )
    try:
        return CLIPConfig.from_dict(raw)
    # Values of a wrong type or sizes that do not fit raise whatever transformers stumbles over.
    except Exception as error:
        raise ModelNotLoaded(
            f"Expected the sizes of a CLIP in {source} but received others: {error}"
        ) from error


def _network(config: ClipConfig, tensors: dict[str, Tensor], source: Path, tokenizer: ClipTokenizer) -> Any:
    """The network with these weights and no others, frozen. Raises ModelNotLoaded."""
    text = config.text_config
    check_tokenizer(tokenizer, text.vocab_size, text.eos_token_id, str(source))
    # Without memory at first: initializing weights that are replaced at once takes seconds.
    with torch.device("meta"):
        network = CLIPModel._from_config(config, attn_implementation="sdpa")  # type: ignore[no-untyped-call]
    expected = network.state_dict()
    differences = [
        *(f"{name} is missing" for name in sorted(expected.keys() - tensors.keys())),
        *(f"{name} is unexpected" for name in sorted(tensors.keys() - expected.keys())),
        *(
            f"{name} is {tuple(tensors[name].shape)}, not {tuple(expected[name].shape)}"
            for name in sorted(expected.keys() & tensors.keys())
            if tensors[name].shape != expected[name].shape
        ),
    ]
    if differences:
        more = f" and {len(differences) - 5} more" if len(differences) > 5 else ""
        raise ModelNotLoaded(
            f"Expected exactly the weights of the CLIP described for {source} but "
            f"{'; '.join(differences[:5])}{more}; it is another network, or damaged"
        )
    network.load_state_dict(tensors, assign=True)
    # The only tensors that are in no file.
    for embeddings in (network.text_model.embeddings, network.vision_model.embeddings):
        embeddings.position_ids = torch.arange(embeddings.position_ids.shape[-1])[None]  # (1, T)
    return network.eval().requires_grad_(False)


def _digest_parts(
    sha256: str, config: ClipConfig, preprocessing: ClipPreprocessing, tokenizer: ClipTokenizer
) -> tuple[str, ...]:
    """Sizes are in the weights; the rest of what a forward pass depends on is listed here."""
    text, vision = config.text_config, config.vision_config
    unseen = [[tower.hidden_act, tower.num_attention_heads, tower.layer_norm_eps] for tower in (text, vision)]
    return sha256, json.dumps([*unseen, text.eos_token_id]), repr(preprocessing), tokenizer.digest
