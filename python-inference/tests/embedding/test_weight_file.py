from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from inference.errors import ModelNotLoaded
from inference.weight_file import says_random


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [(None, False), ({"format": "pt"}, False), ({"weights_are_random": "true"}, True)],
)
def test_safetensors_can_say_that_their_weights_are_random(
    tmp_path: Path, metadata: dict[str, str] | None, expected: bool
) -> None:
    file = tmp_path / "weights.safetensors"
    save_file({"a": torch.zeros(1)}, file, metadata)
    assert says_random(file) is expected


def test_pickles_cannot_and_damaged_files_are_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1)}, tmp_path / "weights.pt")
    assert not says_random(tmp_path / "weights.pt")
    (tmp_path / "cut.safetensors").write_bytes(b"123")
    with pytest.raises(ModelNotLoaded, match="whole file of tensors"):
        says_random(tmp_path / "cut.safetensors")
