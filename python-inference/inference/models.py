"""Which models there are, and the choice between them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import torch

from inference.embedding.clip import load_clip
from inference.embedding.imagenet_classifier import load_imagenet_classifier
from inference.embedding.perceptor import Perceptor
from inference.embedding.starter import load_starter, load_starter_judge
from inference.errors import ModelNotHere, ModelNotLoaded
from inference.repeatable import make_repeatable
from inference.resident_model import ResidentModel, ResidentPerceptor, ResidentSegmenter
from inference.segmentation.groie import load_groie
from inference.segmentation.instances import Segmenter
from inference.segmentation.second_opinion import SecondOpinion
from inference.segmentation.u2netp import load_u2netp
from inference.settings import SettingInvalid, Settings

Model = TypeVar("Model")
Loader = Callable[[Settings, torch.device], Model]

PERCEPTORS: dict[str, Loader[Perceptor]] = {
    "clip": load_clip,
    "starter": lambda settings, device: load_starter(device),
}
# Who judges what was climbed against a perceptor: weights that no climb has seen. The last perceptor
# of a chain is judged by one that is good for nothing else.
HELD_OUT_PERCEPTORS: dict[str, Loader[Perceptor]] = {
    "clip": lambda settings, device: load_starter(device),
    "starter": lambda settings, device: load_starter_judge(device),
}


def _load_groie(settings: Settings, device: torch.device) -> Segmenter:
    embedded = cache(lambda: load_u2netp(load_imagenet_classifier()))
    return SecondOpinion(load_groie(settings, device, embedded), embedded())


SEGMENTERS: dict[str, Loader[Segmenter]] = {
    "groie": _load_groie,
    # On the CPU whatever the device: onnxruntime here is the CPU build.
    "u2netp": lambda settings, device: load_u2netp(load_imagenet_classifier()),
}
# What `auto` tries, best first.
PERCEPTOR_PREFERENCE = ("clip", "starter")
SEGMENTER_PREFERENCE = ("groie", "u2netp")

log = logging.getLogger(__name__)


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
    make_repeatable(device)
    _check_dtype(settings.dtype, device)
    # All names first: loading takes seconds.
    perceptors = _candidates("PERCEPTOR", settings.perceptor, PERCEPTORS, PERCEPTOR_PREFERENCE)
    segmenters = _candidates("SEGMENTER", settings.segmenter, SEGMENTERS, SEGMENTER_PREFERENCE)
    name, perceptor = _load("PERCEPTOR", settings.perceptor, perceptors, settings, device)
    segmenter_name, segmenter = _load("SEGMENTER", settings.segmenter, segmenters, settings, device)
    digest = perceptor.describe().digest
    return Models(
        perceptor=ResidentModel(lambda: PERCEPTORS[name](settings, device), model=perceptor),
        judge=ResidentModel(lambda: load_judge(digest, lambda: HELD_OUT_PERCEPTORS[name](settings, device))),
        segmenter=ResidentModel(lambda: SEGMENTERS[segmenter_name](settings, device), model=segmenter),
        device=device,
    )


def load_judge(perceptor_digest: str, load: Callable[[], Perceptor]) -> Perceptor:
    """The judge of a perceptor. Raises ModelNotLoaded, also where it is that perceptor itself."""
    judge = load()
    if judge.describe().digest == perceptor_digest:
        name = judge.describe().name
        raise ModelNotLoaded(f"Expected other weights than the perceptor's for its judge but received {name}")
    return judge


def _candidates(
    setting: str, name: str, loaders: dict[str, Loader[Model]], preference: tuple[str, ...]
) -> dict[str, Loader[Model]]:
    """What to try, best first."""
    choices = ", ".join(["auto", *loaders])
    if name != "auto" and name not in loaders:
        raise SettingInvalid(setting, f"one of {choices}", repr(name))
    return {candidate: loaders[candidate] for candidate in (preference if name == "auto" else (name,))}


def _load(
    setting: str,
    name: str,
    candidates: dict[str, Loader[Model]],
    settings: Settings,
    device: torch.device,
) -> tuple[str, Model]:
    """The first candidate that can be loaded, with its name; the log says which and why no better one."""
    failures: list[ModelNotLoaded] = []
    reasons: list[str] = []
    for candidate, load in candidates.items():
        try:
            model = load(settings, device)
        except ModelNotLoaded as error:
            failures.append(error)
            reasons.append(f"{candidate}: {error}")
        else:
            # Who has not fetched the better models needs no warning at each start; who has them damaged does.
            is_usual = all(isinstance(failure, ModelNotHere) for failure in failures)
            level = logging.INFO if is_usual else logging.WARNING
            passed_over = f"; passed over: {'; '.join(reasons)}" if reasons else ""
            log.log(level, "%s is %s%s", setting, candidate, passed_over)
            return candidate, model
    raise SettingInvalid(setting, "a model that can be loaded", f"{name!r} ({'; '.join(reasons)})")


def _device(name: str) -> torch.device:
    if name == "cuda" and not torch.cuda.is_available():
        raise SettingInvalid("DEVICE", "auto or cpu, for torch sees no CUDA device here,", "'cuda'")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def _check_dtype(name: str, device: torch.device) -> None:
    if name == "float16" and device.type == "cpu":
        raise SettingInvalid(
            "DTYPE", "float32 or bfloat16 on the CPU, where float16 is slow and overflows,", "'float16'"
        )
