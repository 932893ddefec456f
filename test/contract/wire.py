"""Reads messages as proto3 JSON and prints their deterministic binary, for wire.test.ts to compare.

Standard input: a JSON list of {"type": "collage.v1.Scene", "json": "..."}.
Standard output: a JSON list of hex strings, in that order.
"""

import importlib
import json
import sys

from google.protobuf import json_format, symbol_database

for module in ("collage", "composition_service", "embedding_service", "segmentation_service"):
    importlib.import_module(f"collage.v1.{module}_pb2")


def encode(type_name: str, text: str) -> str:
    message = symbol_database.Default().GetSymbol(type_name)()
    json_format.Parse(text, message)
    return message.SerializeToString(deterministic=True).hex()


if __name__ == "__main__":
    json.dump([encode(given["type"], given["json"]) for given in json.load(sys.stdin)], sys.stdout)
