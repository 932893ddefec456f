"""The image tower against another engine: exported to ONNX and run by onnxruntime."""

from pathlib import Path

import onnxruntime
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from inference.embedding.clip import ClipPerceptor
from inference.embedding.clip_checkpoint import read_clip
from inference.settings import read_settings


class _ImageTower(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, normalized: Tensor) -> Tensor:
        return self.network.get_image_features(normalized).pooler_output  # type: ignore[operator, no-any-return]


# The exporter's two packages are development requirements; those who run the sidecar do without.
pytest.importorskip("onnx", reason="onnx is not installed; run npm run setup")
pytest.importorskip("onnxscript", reason="onnxscript is not installed; run npm run setup")


@pytest.mark.filterwarnings("ignore")
def test_the_exported_image_tower_gives_the_same_vectors(tiny_clip: Path, tmp_path: Path) -> None:
    checkpoint = read_clip(read_settings({"CLIP_MODEL": str(tiny_clip)}, []))
    pictures = torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    file = tmp_path / "tower.onnx"
    torch.onnx.export(_ImageTower(checkpoint.network), (torch.zeros(4, 3, 64, 64),), file, verbose=False)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    normalized = checkpoint.preprocessing.normalize(pictures).numpy()
    (features,) = session.run(None, {session.get_inputs()[0].name: normalized})
    with torch.no_grad():
        ours = ClipPerceptor(checkpoint).encode_pictures(pictures)
    assert torch.allclose(normalize(torch.from_numpy(features), dim=-1), ours, atol=1e-5)
    assert (ours[0] - ours[1]).abs().max() > 0.01
