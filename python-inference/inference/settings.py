"""Settings of the sidecar: environment variables, overridden by arguments of the same name."""

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inference.model_files.catalog import DEFAULT_CLIP_MODEL
from inference.model_files.places import DEFAULT_MODELS_DIR, models_folder


class SettingInvalid(Exception):
    """A setting holds a value it may not have; the message names it and the remedy."""

    def __init__(self, name: str, expected: str, received: str) -> None:
        super().__init__(f"Expected {expected} for {name} but received {received}")
        self.name = name


@dataclass(frozen=True)
class Settings:
    """Everything the sidecar can be told, complete and checked.

    `port` 0 takes any free port; `threads` 0 leaves torch its own choice (one a core); an empty
    `clip_architecture`, `clip_activation` or `clip_sha256` is not stated, the model's files decide;
    `groie_checkpoint` is the official file in `models_dir`, an empty `groie_sha256` pins nothing;
    without `tls_cert` there is no TLS, without `tls_ca` nobody has to say who they are;
    `stdin_lifeline`: end as soon as standard input ends, so that a killed launcher leaves no orphan.
    """

    host: str
    port: int
    perceptor: str
    segmenter: str
    device: str
    dtype: str
    clip_model: str
    clip_architecture: str
    clip_activation: str
    clip_sha256: str
    groie_config: str
    groie_checkpoint: str
    groie_sha256: str
    groie_proposals: int
    groie_score: float
    threads: int
    cutout_cache_megabytes: int
    models_dir: Path
    encode_batch_size: int
    encode_latency_milliseconds: int
    encode_queue_photos: int
    model_idle_seconds: int
    warm_up: bool
    metrics_port: int
    tls_cert: str
    tls_key: str
    tls_ca: str
    stdin_lifeline: bool


DEFAULTS = {
    "HOST": "127.0.0.1",
    "PORT": "50051",
    "PERCEPTOR": "auto",
    "SEGMENTER": "auto",
    "DEVICE": "auto",
    "DTYPE": "float32",
    "CLIP_MODEL": DEFAULT_CLIP_MODEL,
    "CLIP_ARCHITECTURE": "",
    "CLIP_ACTIVATION": "",
    "CLIP_SHA256": "",
    "GROIE_CONFIG": "mask-rcnn_r50_fpn_syncbn-r4-gcb-c3-c5-groie_1x_coco",
    "GROIE_CHECKPOINT": "",
    "GROIE_SHA256": "",
    "GROIE_PROPOSALS": "100",
    "GROIE_SCORE": "0.3",
    "THREADS": "0",
    "CUTOUT_CACHE_MEGABYTES": "512",
    "MODELS_DIR": DEFAULT_MODELS_DIR,
    "ENCODE_BATCH_SIZE": "8",
    "ENCODE_LATENCY_MILLISECONDS": "20",
    "ENCODE_QUEUE_PHOTOS": "256",
    "MODEL_IDLE_SECONDS": "0",
    "WARM_UP": "true",
    "METRICS_PORT": "0",
    "TLS_CERT": "",
    "TLS_KEY": "",
    "TLS_CA": "",
}
HELP = {
    "HOST": "address to listen on",
    "PORT": "port to listen on; 0: any free one",
    "PERCEPTOR": "auto, clip or starter",
    "DEVICE": "auto, cpu or cuda",
    "DTYPE": "numbers that CLIP computes with: float32, bfloat16, or float16 on a GPU",
    "CLIP_MODEL": "hub id in the model cache, folder, or raw open_clip file; paths absolute",
    "CLIP_ARCHITECTURE": "what CLIP_MODEL must be: ViT-B-32, ViT-B-16, ViT-L-14 or ViT-L-14-336",
    "CLIP_ACTIVATION": "for a raw open_clip file: gelu or quick_gelu",
    "CLIP_SHA256": "the only weights file of CLIP that may be loaded",
    "SEGMENTER": "auto, groie or u2netp",
    "GROIE_CONFIG": "mmdet's configuration of GRoIE: the name of a file in its configs/groie",
    "GROIE_CHECKPOINT": "its weights, a path or the address they were fetched from; unset: the official file",
    "GROIE_SHA256": "the only weights file of GRoIE that may be loaded",
    "GROIE_PROPOSALS": "regions of a photo that GRoIE classifies; the article's 1000 are for a GPU",
    "GROIE_SCORE": "score from 0 to 1 from which on GRoIE's things count",
    "THREADS": "threads of one torch operation; 0: one a core",
    "CUTOUT_CACHE_MEGABYTES": "memory for cut-outs that clients have put",
    "MODELS_DIR": "folder of models that `npm run models` downloads",
    "ENCODE_BATCH_SIZE": "photos encoded at once, those of all clients together; always so many, the rest "
    "blank; another size may move a vector's last bits",
    "ENCODE_LATENCY_MILLISECONDS": "how long a photo waits for others to fill its batch",
    "ENCODE_QUEUE_PHOTOS": "photos of all clients that may be on their way, and as many texts; calls beyond "
    "it are refused with RESOURCE_EXHAUSTED",
    "MODEL_IDLE_SECONDS": "models not used for so long leave memory until they are needed; 0: never",
    "WARM_UP": "true: run every model once before the first call",
    "METRICS_PORT": "port of HOST with /metrics for Prometheus; 0: none",
    "TLS_CERT": "PEM file of the certificate to serve with",
    "TLS_KEY": "PEM file of its key",
    "TLS_CA": "PEM file of the authority that must have signed whoever calls",
}


def read_settings(environment: Mapping[str, str], arguments: list[str]) -> Settings:
    """Settings from `--name value` arguments, else from the environment (an empty value counts as
    unset), else the defaults. Raises SettingInvalid; prints help and exits on `--help`."""
    parser = argparse.ArgumentParser(prog="python -m inference", description="The Clip & Paste sidecar.")
    for name, default in DEFAULTS.items():
        option = f"--{name.lower().replace('_', '-')}"
        shown = default or "nothing"
        parser.add_argument(option, dest=name, help=f"{HELP[name]} (default {shown}; environment: {name})")
    parser.add_argument("--stdin-lifeline", action="store_true", help="end when standard input ends")
    given = vars(parser.parse_args(arguments))
    values = {
        name: given[name] if given[name] is not None else environment.get(name) or default
        for name, default in DEFAULTS.items()
    }
    batch_size = _power_of_two("ENCODE_BATCH_SIZE", values["ENCODE_BATCH_SIZE"], 64)
    return Settings(
        host=values["HOST"],
        port=_whole_number("PORT", values["PORT"], 0, 65535),
        perceptor=values["PERCEPTOR"],
        segmenter=values["SEGMENTER"],
        device=_one_of("DEVICE", values["DEVICE"], ("auto", "cpu", "cuda")),
        dtype=_one_of("DTYPE", values["DTYPE"], ("float32", "bfloat16", "float16")),
        clip_model=values["CLIP_MODEL"],
        clip_architecture=values["CLIP_ARCHITECTURE"],
        clip_activation=_one_of_or_nothing(
            "CLIP_ACTIVATION", values["CLIP_ACTIVATION"], ("gelu", "quick_gelu")
        ),
        clip_sha256=_sha256_or_nothing("CLIP_SHA256", values["CLIP_SHA256"]),
        groie_config=values["GROIE_CONFIG"],
        groie_checkpoint=values["GROIE_CHECKPOINT"],
        groie_sha256=_sha256_or_nothing("GROIE_SHA256", values["GROIE_SHA256"]),
        groie_proposals=_whole_number("GROIE_PROPOSALS", values["GROIE_PROPOSALS"], 1, 1000),
        groie_score=_share("GROIE_SCORE", values["GROIE_SCORE"]),
        threads=_whole_number("THREADS", values["THREADS"], 0, 1024),
        cutout_cache_megabytes=_whole_number(
            "CUTOUT_CACHE_MEGABYTES", values["CUTOUT_CACHE_MEGABYTES"], 1, 1_000_000
        ),
        models_dir=models_folder(values["MODELS_DIR"]),
        encode_batch_size=batch_size,
        encode_latency_milliseconds=_whole_number(
            "ENCODE_LATENCY_MILLISECONDS", values["ENCODE_LATENCY_MILLISECONDS"], 0, 10_000
        ),
        # With less than a batch no batch would ever be full.
        encode_queue_photos=_whole_number(
            "ENCODE_QUEUE_PHOTOS", values["ENCODE_QUEUE_PHOTOS"], batch_size, 100_000
        ),
        model_idle_seconds=_whole_number("MODEL_IDLE_SECONDS", values["MODEL_IDLE_SECONDS"], 0, 1_000_000),
        warm_up=_one_of("WARM_UP", values["WARM_UP"], ("true", "false")) == "true",
        metrics_port=_whole_number("METRICS_PORT", values["METRICS_PORT"], 0, 65535),
        tls_cert=values["TLS_CERT"],
        tls_key=values["TLS_KEY"],
        tls_ca=values["TLS_CA"],
        stdin_lifeline=given["stdin_lifeline"],
    )


def _whole_number(name: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise SettingInvalid(name, f"a whole number from {least} to {most}", repr(text))
    return int(text)


def _power_of_two(name: str, text: str, most: int) -> int:
    """Perceptors work in chunks of 4 or 8; the last of a batch of 12 would be seen in another shape."""
    powers = tuple(str(1 << exponent) for exponent in range(most.bit_length()))
    return int(_one_of(name, text, powers))


def _one_of(name: str, text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise SettingInvalid(name, f"one of {', '.join(choices)}", repr(text))
    return text


def _one_of_or_nothing(name: str, text: str, choices: tuple[str, ...]) -> str:
    return _one_of(name, text, choices) if text else ""


def _share(name: str, text: str) -> float:
    if not re.fullmatch(r"0|1|[01]?\.[0-9]+", text, re.ASCII) or float(text) > 1:
        raise SettingInvalid(name, "a number from 0 to 1", repr(text))
    return float(text)


def _sha256_or_nothing(name: str, text: str) -> str:
    if text and not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise SettingInvalid(name, "64 hexadecimal digits", repr(text))
    return text.lower()
