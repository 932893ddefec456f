"""The opaque part of a checkpoint: named tensors, read without trusting whoever sent them.

safetensors: the same bytes for the same tensors, and no pickle. Messages travel as their bytes.
"""

from dataclasses import dataclass
from typing import TypeVar

import safetensors.torch
import torch
from google.protobuf.message import DecodeError, Message
from safetensors import SafetensorError
from torch import Tensor

from inference.errors import InferenceError

AnyMessage = TypeVar("AnyMessage", bound=Message)


class CheckpointInvalid(InferenceError):
    """A checkpoint is not one of the climb it is given to."""

    def __init__(self, field: str, expected: str, received: str) -> None:
        message = f"Expected {expected} for checkpoint.{field} but received {received}"
        super().__init__("CHECKPOINT_INVALID", message)


@dataclass(frozen=True)
class CheckpointTensors:
    """What an `optimizer_state` holds; every look-up raises CheckpointInvalid for what is not there."""

    by_name: dict[str, Tensor]

    def get(self, name: str) -> Tensor:
        """A tensor of any kind and shape."""
        if name not in self.by_name:
            received = ", ".join(sorted(self.by_name)) or "nothing"
            raise CheckpointInvalid("optimizer_state", name, received)
        return self.by_name[name]

    def integers(self, name: str) -> list[int]:
        """The numbers of a one-dimensional tensor of integers."""
        tensor = self.get(name)
        if tensor.dtype != torch.long or tensor.dim() != 1:
            raise CheckpointInvalid("optimizer_state", f"integers for {name}", _described(tensor))
        return [int(number) for number in tensor.tolist()]

    def integer(self, name: str) -> int:
        """The only number of a tensor."""
        numbers = self.integers(name)
        if len(numbers) != 1:
            raise CheckpointInvalid("optimizer_state", f"one number for {name}", f"{len(numbers)}")
        return numbers[0]

    def message(self, name: str, kind: type[AnyMessage]) -> AnyMessage:
        """A message of a kind."""
        tensor = self.get(name)
        try:
            if tensor.dtype != torch.uint8:
                raise DecodeError(_described(tensor))
            return kind.FromString(tensor.numpy().tobytes())
        except DecodeError as error:
            expected = f"a {kind.DESCRIPTOR.name} for {name}"
            raise CheckpointInvalid("optimizer_state", expected, f"other bytes ({error})") from error


def message_tensor(message: Message) -> Tensor:
    """A message as a tensor of its bytes."""
    return torch.tensor(list(message.SerializeToString(deterministic=True)), dtype=torch.uint8)


def write_tensors(tensors: dict[str, Tensor]) -> bytes:
    """The bytes that `read_tensors` reads."""
    return safetensors.torch.save(tensors)


def read_tensors(data: bytes) -> CheckpointTensors:
    """Raises CheckpointInvalid for bytes that are none."""
    try:
        return CheckpointTensors(safetensors.torch.load(data))
    except (SafetensorError, ValueError, KeyError) as error:
        received = f"others ({error})"
        raise CheckpointInvalid("optimizer_state", "bytes of an earlier checkpoint", received) from error


def copy_numbers(target: Tensor, source: Tensor, field: str) -> None:
    """Copies numbers, in place; raises CheckpointInvalid unless they are finite and of the same shape."""
    if target.shape != source.shape or not source.is_floating_point() or not source.isfinite().all():
        expected = f"finite numbers of shape {list(target.shape)}"
        raise CheckpointInvalid(field, expected, _described(source))
    target.copy_(source)


def _described(tensor: Tensor) -> str:
    return f"{tensor.dtype} of shape {list(tensor.shape)}"
