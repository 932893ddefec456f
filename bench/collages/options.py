"""The arguments of the benches that judge collages."""

import argparse
import json

SQUARE = 1.0


def parse_arguments(description: str | None, default_set: str = "reporting") -> argparse.ArgumentParser:
    """A parser with the arguments all of them take."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", default=default_set, choices=["tuning", "reporting", "article"])
    parser.add_argument("--prompts", type=int, help="only so many of the set")
    parser.add_argument("--ids", help="only these, with commas between")
    parser.add_argument("--options", type=json.loads, default={}, help="of our collages: proto3 JSON")
    parser.add_argument(
        "--without-people", action="store_true", help="only photos that may be shown anywhere"
    )
    parser.add_argument("--corpus", help="folder of photos with a manifest.jsonl")
    return parser


def run_arguments(given: argparse.Namespace, **options: float) -> list[str]:
    """The arguments for make-runs.mjs; `options` hold where --options does not say otherwise."""
    arguments = ["--options", json.dumps({**options, **given.options})]
    arguments += ["--ids", given.ids] if given.ids else ["--set", given.set]
    if given.prompts:
        arguments += ["--prompts", str(given.prompts)]
    if given.without_people:
        arguments += ["--without-people"]
    if given.corpus:
        arguments += ["--corpus", given.corpus]
    return arguments
