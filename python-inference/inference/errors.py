"""What can go wrong, named after what happened to the caller."""

from dataclasses import dataclass, field

import grpc


@dataclass
class InferenceError(Exception):
    """An expected failure; the interceptor turns it into a gRPC status with ErrorInfo.

    `reason` is UPPER_SNAKE and stable, `message` is a sentence naming the field, what was
    expected and what came; `metadata` holds values a program needs (digests, say); `retry_seconds`: when
    the same call may do better, None: it will not.
    """

    reason: str
    message: str
    code: grpc.StatusCode = grpc.StatusCode.INVALID_ARGUMENT
    metadata: dict[str, str] = field(default_factory=dict)
    retry_seconds: float | None = None

    def __str__(self) -> str:
        return self.message


class PictureUnreadable(InferenceError):
    """The bytes are no picture that may be decoded."""

    def __init__(self, message: str) -> None:
        super().__init__("PICTURE_UNREADABLE", message)


class SceneInvalid(InferenceError):
    """A scene breaks a rule of scene.proto."""

    def __init__(self, message: str) -> None:
        super().__init__("SCENE_INVALID", message)


class SteerInvalid(InferenceError):
    """What a person asks of a climb cannot be followed."""

    def __init__(self, message: str) -> None:
        super().__init__("STEER_INVALID", message)


class UnknownCutout(InferenceError):
    """A scene names cut-outs that are not held; the client puts them again."""

    def __init__(self, digests: list[str]) -> None:
        super().__init__(
            "UNKNOWN_CUTOUT",
            f"{len(digests)} cut-outs are not held here; put them and call again: "
            f"{', '.join(digest[:12] for digest in digests[:5])}",
            grpc.StatusCode.NOT_FOUND,
            {"digests": ",".join(digests)},
        )


class EncodeQueueFull(InferenceError):
    """Too much waits to be encoded; nothing of the call was done."""

    def __init__(self, what: str, limit: int, retry_seconds: float) -> None:
        super().__init__(
            "ENCODE_QUEUE_FULL",
            f"Expected at most {limit} {what} of all calls on their way (ENCODE_QUEUE_PHOTOS) but received "
            f"one more; call again in {retry_seconds:.1f} s, or raise ENCODE_QUEUE_PHOTOS",
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            {"limit": str(limit)},
            retry_seconds,
        )


class ModelNotLoaded(InferenceError):
    """A model asked for by name cannot be loaded; the message names the setting and the remedy."""

    def __init__(self, message: str) -> None:
        super().__init__("MODEL_NOT_LOADED", message, grpc.StatusCode.FAILED_PRECONDITION)


class ModelNotHere(ModelNotLoaded):
    """A model that nobody has fetched or installed yet, and no setting names: as things are after set-up."""
