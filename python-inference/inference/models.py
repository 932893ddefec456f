"""Which models there are, and the choice between them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import torch

from inference.embedding.imagenet_classifier import load_imagenet_classifier
from inference.embedding.perceptor import Perceptor
from inference.embedding.starter import load_starter, load_starter_judge
from inference.errors import ModelNotLoaded
from inference.resident_model import ResidentModel, ResidentPerceptor, ResidentSegmenter
from inference.segmentation.instances import Segmenter
from inference.segmentation.u2netp import load_u2netp
from inference.settings import SettingInvalid, Settings

Model = TypeVar("Model")
Loader = Callable[[torch.device], Model]

PERCEPTORS: dict[str, Loader[Perceptor]] = {
    "starter": load_starter,
}
# Who judges what was climbed against a perceptor: weights that no climb has seen. The last perceptor
# of a chain is judged by one that is good for nothing else.
HELD_OUT_PERCEPTORS: dict[str, Loader[Perceptor]] = {
    "clip": load_starter,
    "starter": load_starter_judge,
}
SEGMENTERS: dict[str, Loader[Segmenter]] = {
    # On the CPU whatever the device: onnxruntime here is the CPU build.
    "u2netp": lambda device: load_u2netp(load_imagenet_classifier()),
}
# What `auto` tries, best first.
PERCEPTOR_PREFERENCE = ("starter",)
SEGMENTER_PREFERENCE = ("u2netp",)
# Designed for (see ARCHITECTURE.md), not yet here: a better answer than "unknown".
ANNOUNCED = {"clip", "groie"}


@dataclass(frozen=True)
class Models:
    """What the services work with."""

    perceptor: ResidentPerceptor
    # Loaded when first used: not every run judges, and it takes memory and seconds.
    judge: ResidentPerceptor
    segmenter: ResidentSegmenter
    device: torch.device

    @property
    def by_role(self) -> dict[str, ResidentModel[Any, Any]]:
        """All of them."""
        return {"perceptor": self.perceptor, "judge": self.judge, "segmenter": self.segmenter}


def load_models(settings: Settings) -> Models:
    """The models the settings ask for. Raises SettingInvalid, which names the setting and the remedy."""
    device = _device(settings.device)
    # All names first: loading takes seconds.
    perceptors = _candidates("PERCEPTOR", settings.perceptor, PERCEPTORS, PERCEPTOR_PREFERENCE)
    segmenters = _candidates("SEGMENTER", settings.segmenter, SEGMENTERS, SEGMENTER_PREFERENCE)
    name, perceptor = _load("PERCEPTOR", settings.perceptor, perceptors, device)
    segmenter_name, segmenter = _load("SEGMENTER", settings.segmenter, segmenters, device)
    digest = perceptor.describe().digest
    return Models(
        perceptor=ResidentModel(lambda: PERCEPTORS[name](device), model=perceptor),
        judge=ResidentModel(lambda: load_judge(digest, HELD_OUT_PERCEPTORS[name], device)),
        segmenter=ResidentModel(lambda: SEGMENTERS[segmenter_name](device), model=segmenter),
        device=device,
    )


def load_judge(perceptor_digest: str, load: Loader[Perceptor], device: torch.device) -> Perceptor:
    """The judge of a perceptor. Raises ModelNotLoaded, also where it is that perceptor itself."""
    judge = load(device)
    if judge.describe().digest == perceptor_digest:
        name = judge.describe().name
        raise ModelNotLoaded(f"Expected other weights than the perceptor's for its judge but received {name}")
    return judge


def _candidates(
    setting: str, name: str, loaders: dict[str, Loader[Model]], preference: tuple[str, ...]
) -> dict[str, Loader[Model]]:
    """What to try, best first."""
    choices = ", ".join(["auto", *loaders])
    if name in ANNOUNCED:
        raise SettingInvalid(setting, f"one of {choices}", f"{name!r}, which this version does not have yet")
    if name != "auto" and name not in loaders:
        raise SettingInvalid(setting, f"one of {choices}", repr(name))
    return {candidate: loaders[candidate] for candidate in (preference if name == "auto" else (name,))}


def _load(
    setting: str, name: str, candidates: dict[str, Loader[Model]], device: torch.device
) -> tuple[str, Model]:
    """The first candidate that can be loaded, with its name."""
    failures = []
    for candidate, load in candidates.items():
        try:
            return candidate, load(device)
        except ModelNotLoaded as error:
            failures.append(f"{candidate}: {error}")
    raise SettingInvalid(setting, "a model that can be loaded", f"{name!r} ({'; '.join(failures)})")


def _device(name: str) -> torch.device:
    if name == "cuda" and not torch.cuda.is_available():
        raise SettingInvalid("DEVICE", "auto or cpu, for torch sees no CUDA device here,", "'cuda'")
    if name == "auto":
        name = "cpu"  # nothing here has run on CUDA yet: it has to be asked for by name
    return torch.device(name)
