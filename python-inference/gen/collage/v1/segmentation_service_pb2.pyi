from collage.v1 import embedding_service_pb2 as _embedding_service_pb2
from collage.v1 import model_pb2 as _model_pb2
from collage.v1 import photo_pb2 as _photo_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DescribeSegmenterRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DescribeSegmenterResponse(_message.Message):
    __slots__ = ("model",)
    MODEL_FIELD_NUMBER: _ClassVar[int]
    model: _model_pb2.ModelIdentity
    def __init__(self, model: _Optional[_Union[_model_pb2.ModelIdentity, _Mapping]] = ...) -> None: ...

class SegmentPhotosRequest(_message.Message):
    __slots__ = ("digest", "picture")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    digest: str
    picture: bytes
    def __init__(self, digest: _Optional[str] = ..., picture: _Optional[bytes] = ...) -> None: ...

class CutoutPicture(_message.Message):
    __slots__ = ("cutout", "png")
    CUTOUT_FIELD_NUMBER: _ClassVar[int]
    PNG_FIELD_NUMBER: _ClassVar[int]
    cutout: _photo_pb2.Cutout
    png: bytes
    def __init__(self, cutout: _Optional[_Union[_photo_pb2.Cutout, _Mapping]] = ..., png: _Optional[bytes] = ...) -> None: ...

class SegmentPhotosResponse(_message.Message):
    __slots__ = ("digest", "cutouts", "error", "model_digest")
    class Cutouts(_message.Message):
        __slots__ = ("cutouts",)
        CUTOUTS_FIELD_NUMBER: _ClassVar[int]
        cutouts: _containers.RepeatedCompositeFieldContainer[CutoutPicture]
        def __init__(self, cutouts: _Optional[_Iterable[_Union[CutoutPicture, _Mapping]]] = ...) -> None: ...
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    CUTOUTS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    MODEL_DIGEST_FIELD_NUMBER: _ClassVar[int]
    digest: str
    cutouts: SegmentPhotosResponse.Cutouts
    error: _embedding_service_pb2.ItemError
    model_digest: str
    def __init__(self, digest: _Optional[str] = ..., cutouts: _Optional[_Union[SegmentPhotosResponse.Cutouts, _Mapping]] = ..., error: _Optional[_Union[_embedding_service_pb2.ItemError, _Mapping]] = ..., model_digest: _Optional[str] = ...) -> None: ...
