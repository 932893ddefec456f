"""SegmentationService of collage.v1: photos in, finished cut-outs out."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Executor

import grpc
from collage.v1.embedding_service_pb2 import ItemError
from collage.v1.segmentation_service_pb2 import (
    DescribeSegmenterRequest,
    DescribeSegmenterResponse,
    SegmentPhotosRequest,
    SegmentPhotosResponse,
)
from collage.v1.segmentation_service_pb2_grpc import SegmentationServiceServicer

from inference.errors import InferenceError
from inference.identity import model_identity
from inference.pictures import MEBIBYTE, decode_rgb
from inference.resident_model import ResidentSegmenter
from inference.segmentation.cutout_picture import cutout_picture

PICTURE_LIMIT_BYTES = 32 * MEBIBYTE


class SegmentationService(SegmentationServiceServicer):
    """Cuts photos one at a time in `executor`.

    Only one photo of a stream is held at a time: the next one is read when this one is answered, and
    gRPC's own flow control makes the client wait. A cancelled stream stops after its current photo.
    """

    def __init__(self, segmenter: ResidentSegmenter, executor: Executor) -> None:
        self._segmenter = segmenter
        self._executor = executor

    async def DescribeSegmenter(
        self,
        request: DescribeSegmenterRequest,
        context: grpc.aio.ServicerContext[DescribeSegmenterRequest, DescribeSegmenterResponse],
    ) -> DescribeSegmenterResponse:
        """Identity of the segmenter, the label model included."""
        return DescribeSegmenterResponse(model=model_identity(self._segmenter.describe()))

    async def SegmentPhotos(
        self,
        request_iterator: AsyncIterator[SegmentPhotosRequest],
        context: grpc.aio.ServicerContext[SegmentPhotosRequest, SegmentPhotosResponse],
    ) -> AsyncIterator[SegmentPhotosResponse]:
        """One answer for each digest, in the order they came; a photo that cannot be read answers with an
        ItemError and the stream goes on."""
        loop = asyncio.get_running_loop()
        answered: set[str] = set()
        with self._segmenter.hold():
            async for request in request_iterator:
                if request.digest in answered:
                    continue
                answered.add(request.digest)
                yield await loop.run_in_executor(self._executor, self._answer, request)

    def _answer(self, request: SegmentPhotosRequest) -> SegmentPhotosResponse:
        model_digest = self._segmenter.describe().digest
        try:
            photo = decode_rgb(request.picture, PICTURE_LIMIT_BYTES)
        except InferenceError as error:
            item_error = ItemError(reason=error.reason, message=error.message)
            return SegmentPhotosResponse(digest=request.digest, error=item_error, model_digest=model_digest)
        with self._segmenter.use() as segmenter:
            instances = segmenter.segment(photo)
        cutouts = [cutout_picture(photo, request.digest, instance) for instance in instances]
        return SegmentPhotosResponse(
            digest=request.digest,
            cutouts=SegmentPhotosResponse.Cutouts(cutouts=cutouts),
            model_digest=model_digest,
        )
