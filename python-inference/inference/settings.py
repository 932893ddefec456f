"""Settings of the sidecar: environment variables, overridden by arguments of the same name."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass


class SettingInvalid(Exception):
    """A setting holds a value it may not have; the message names it and the remedy."""

    def __init__(self, name: str, expected: str, received: str) -> None:
        super().__init__(f"Expected {expected} for {name} but received {received}")
        self.name = name


@dataclass(frozen=True)
class Settings:
    """Everything the sidecar can be told, complete and checked.

    `port` 0 takes any free port; `threads` 0 leaves torch its own choice (one a core);
    `stdin_lifeline`: end as soon as standard input ends, so that a killed launcher leaves no orphan.
    """

    host: str
    port: int
    perceptor: str
    segmenter: str
    device: str
    threads: int
    cutout_cache_megabytes: int
    encode_batch_size: int
    encode_latency_milliseconds: int
    encode_queue_photos: int
    model_idle_seconds: int
    warm_up: bool
    metrics_port: int
    stdin_lifeline: bool


DEFAULTS = {
    "HOST": "127.0.0.1",
    "PORT": "50051",
    "PERCEPTOR": "auto",
    "SEGMENTER": "auto",
    "DEVICE": "auto",
    "THREADS": "0",
    "CUTOUT_CACHE_MEGABYTES": "512",
    "ENCODE_BATCH_SIZE": "8",
    "ENCODE_LATENCY_MILLISECONDS": "20",
    "ENCODE_QUEUE_PHOTOS": "256",
    "MODEL_IDLE_SECONDS": "0",
    "WARM_UP": "true",
    "METRICS_PORT": "0",
}
HELP = {
    "HOST": "address to listen on",
    "PORT": "port to listen on; 0: any free one",
    "PERCEPTOR": "auto or starter",
    "SEGMENTER": "auto or u2netp",
    "DEVICE": "auto, cpu or cuda",
    "THREADS": "threads of one torch operation; 0: one a core",
    "CUTOUT_CACHE_MEGABYTES": "memory for cut-outs that clients have put",
    "ENCODE_BATCH_SIZE": "photos encoded at once, those of all clients together; always so many, the rest "
    "blank; another size may move a vector's last bits",
    "ENCODE_LATENCY_MILLISECONDS": "how long a photo waits for others to fill its batch",
    "ENCODE_QUEUE_PHOTOS": "photos of all clients that may be on their way, and as many texts; calls beyond "
    "it are refused with RESOURCE_EXHAUSTED",
    "MODEL_IDLE_SECONDS": "models not used for so long leave memory until they are needed; 0: never",
    "WARM_UP": "true: run every model once before the first call",
    "METRICS_PORT": "port of HOST with /metrics for Prometheus; 0: none",
}


def read_settings(environment: Mapping[str, str], arguments: list[str]) -> Settings:
    """Settings from `--name value` arguments, else from the environment (an empty value counts as
    unset), else the defaults. Raises SettingInvalid; prints help and exits on `--help`."""
    parser = argparse.ArgumentParser(prog="python -m inference", description="The Clip & Paste sidecar.")
    for name, default in DEFAULTS.items():
        option = f"--{name.lower().replace('_', '-')}"
        parser.add_argument(option, dest=name, help=f"{HELP[name]} (default {default}; environment: {name})")
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
        threads=_whole_number("THREADS", values["THREADS"], 0, 1024),
        cutout_cache_megabytes=_whole_number(
            "CUTOUT_CACHE_MEGABYTES", values["CUTOUT_CACHE_MEGABYTES"], 1, 1_000_000
        ),
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
