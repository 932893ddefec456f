from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Scene(_message.Message):
    __slots__ = ("aspect_ratio", "background", "layers")
    ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    aspect_ratio: float
    background: Gradient
    layers: _containers.RepeatedCompositeFieldContainer[Layer]
    def __init__(self, aspect_ratio: _Optional[float] = ..., background: _Optional[_Union[Gradient, _Mapping]] = ..., layers: _Optional[_Iterable[_Union[Layer, _Mapping]]] = ...) -> None: ...

class Gradient(_message.Message):
    __slots__ = ("angle_degrees", "stops")
    class Stop(_message.Message):
        __slots__ = ("offset", "color")
        OFFSET_FIELD_NUMBER: _ClassVar[int]
        COLOR_FIELD_NUMBER: _ClassVar[int]
        offset: float
        color: Color
        def __init__(self, offset: _Optional[float] = ..., color: _Optional[_Union[Color, _Mapping]] = ...) -> None: ...
    ANGLE_DEGREES_FIELD_NUMBER: _ClassVar[int]
    STOPS_FIELD_NUMBER: _ClassVar[int]
    angle_degrees: float
    stops: _containers.RepeatedCompositeFieldContainer[Gradient.Stop]
    def __init__(self, angle_degrees: _Optional[float] = ..., stops: _Optional[_Iterable[_Union[Gradient.Stop, _Mapping]]] = ...) -> None: ...

class Layer(_message.Message):
    __slots__ = ("cutout_digest", "placement", "opacity", "tint", "flipped")
    CUTOUT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    PLACEMENT_FIELD_NUMBER: _ClassVar[int]
    OPACITY_FIELD_NUMBER: _ClassVar[int]
    TINT_FIELD_NUMBER: _ClassVar[int]
    FLIPPED_FIELD_NUMBER: _ClassVar[int]
    cutout_digest: str
    placement: Placement
    opacity: float
    tint: Color
    flipped: bool
    def __init__(self, cutout_digest: _Optional[str] = ..., placement: _Optional[_Union[Placement, _Mapping]] = ..., opacity: _Optional[float] = ..., tint: _Optional[_Union[Color, _Mapping]] = ..., flipped: bool = ...) -> None: ...

class Placement(_message.Message):
    __slots__ = ("center_x", "center_y", "height", "rotation_degrees")
    CENTER_X_FIELD_NUMBER: _ClassVar[int]
    CENTER_Y_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    ROTATION_DEGREES_FIELD_NUMBER: _ClassVar[int]
    center_x: float
    center_y: float
    height: float
    rotation_degrees: float
    def __init__(self, center_x: _Optional[float] = ..., center_y: _Optional[float] = ..., height: _Optional[float] = ..., rotation_degrees: _Optional[float] = ...) -> None: ...

class Color(_message.Message):
    __slots__ = ("red", "green", "blue")
    RED_FIELD_NUMBER: _ClassVar[int]
    GREEN_FIELD_NUMBER: _ClassVar[int]
    BLUE_FIELD_NUMBER: _ClassVar[int]
    red: float
    green: float
    blue: float
    def __init__(self, red: _Optional[float] = ..., green: _Optional[float] = ..., blue: _Optional[float] = ...) -> None: ...
