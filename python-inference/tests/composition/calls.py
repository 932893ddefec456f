"""Calls of the composition service, and what they fail with."""

import grpc
import pytest
from collage.v1.composition_service_pb2 import (
    Objective,
    OptimizeOptions,
    OptimizeSceneRequest,
    OptimizeStart,
    Parameter,
    WeightedText,
)
from collage.v1.scene_pb2 import Scene
from google.rpc import error_details_pb2
from grpc_status import rpc_status

OBJECTIVE = Objective(prompt="blobs", keyphrases=[WeightedText(text="a blob", weight=1)])


def start_of(scene: Scene, **options: float) -> OptimizeSceneRequest:
    return OptimizeSceneRequest(
        start=OptimizeStart(
            objective=OBJECTIVE,
            scene=scene,
            parameters=[Parameter.PARAMETER_POSITION, Parameter.PARAMETER_BACKGROUND_COLORS],
            options=OptimizeOptions(**{"step_count": 6, "view_count": 2, **options}),
        )
    )


async def status_of(call) -> tuple[grpc.StatusCode, str, error_details_pb2.ErrorInfo]:
    """The code, message and ErrorInfo that a call fails with."""
    with pytest.raises(grpc.aio.AioRpcError) as error:
        if hasattr(call, "__aiter__"):
            async for _ in call:
                pass
        else:
            await call
    info = error_details_pb2.ErrorInfo()
    status = await rpc_status.aio.from_call(call)
    assert status is not None, error.value
    status.details[0].Unpack(info)
    return error.value.code(), error.value.details(), info
