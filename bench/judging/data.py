"""Where the benches keep what takes long: git ignores it, and all of it can be made again."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "data" / "bench"
