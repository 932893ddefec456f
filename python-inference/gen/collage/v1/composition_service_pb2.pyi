from collage.v1 import model_pb2 as _model_pb2
from collage.v1 import photo_pb2 as _photo_pb2
from collage.v1 import scene_pb2 as _scene_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Parameter(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PARAMETER_UNSPECIFIED: _ClassVar[Parameter]
    PARAMETER_BACKGROUND_COLORS: _ClassVar[Parameter]
    PARAMETER_BACKGROUND_ANGLE: _ClassVar[Parameter]
    PARAMETER_POSITION: _ClassVar[Parameter]
    PARAMETER_HEIGHT: _ClassVar[Parameter]
    PARAMETER_ROTATION: _ClassVar[Parameter]
    PARAMETER_OPACITY: _ClassVar[Parameter]
    PARAMETER_TINT: _ClassVar[Parameter]
    PARAMETER_ORDER: _ClassVar[Parameter]
    PARAMETER_FLIP: _ClassVar[Parameter]

class StopReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STOP_REASON_UNSPECIFIED: _ClassVar[StopReason]
    STOP_REASON_STEPS_DONE: _ClassVar[StopReason]
    STOP_REASON_STALLED: _ClassVar[StopReason]
    STOP_REASON_TIME_UP: _ClassVar[StopReason]
    STOP_REASON_STEERED: _ClassVar[StopReason]
PARAMETER_UNSPECIFIED: Parameter
PARAMETER_BACKGROUND_COLORS: Parameter
PARAMETER_BACKGROUND_ANGLE: Parameter
PARAMETER_POSITION: Parameter
PARAMETER_HEIGHT: Parameter
PARAMETER_ROTATION: Parameter
PARAMETER_OPACITY: Parameter
PARAMETER_TINT: Parameter
PARAMETER_ORDER: Parameter
PARAMETER_FLIP: Parameter
STOP_REASON_UNSPECIFIED: StopReason
STOP_REASON_STEPS_DONE: StopReason
STOP_REASON_STALLED: StopReason
STOP_REASON_TIME_UP: StopReason
STOP_REASON_STEERED: StopReason

class PutCutoutsRequest(_message.Message):
    __slots__ = ("cutout_digest", "picture", "borders")
    CUTOUT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    BORDERS_FIELD_NUMBER: _ClassVar[int]
    cutout_digest: str
    picture: bytes
    borders: _photo_pb2.Borders
    def __init__(self, cutout_digest: _Optional[str] = ..., picture: _Optional[bytes] = ..., borders: _Optional[_Union[_photo_pb2.Borders, _Mapping]] = ...) -> None: ...

class PutCutoutsResponse(_message.Message):
    __slots__ = ("stored_count",)
    STORED_COUNT_FIELD_NUMBER: _ClassVar[int]
    stored_count: int
    def __init__(self, stored_count: _Optional[int] = ...) -> None: ...

class WeightedText(_message.Message):
    __slots__ = ("text", "weight")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    text: str
    weight: float
    def __init__(self, text: _Optional[str] = ..., weight: _Optional[float] = ...) -> None: ...

class Objective(_message.Message):
    __slots__ = ("prompt", "keyphrases", "negatives")
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    KEYPHRASES_FIELD_NUMBER: _ClassVar[int]
    NEGATIVES_FIELD_NUMBER: _ClassVar[int]
    prompt: str
    keyphrases: _containers.RepeatedCompositeFieldContainer[WeightedText]
    negatives: _containers.RepeatedCompositeFieldContainer[WeightedText]
    def __init__(self, prompt: _Optional[str] = ..., keyphrases: _Optional[_Iterable[_Union[WeightedText, _Mapping]]] = ..., negatives: _Optional[_Iterable[_Union[WeightedText, _Mapping]]] = ...) -> None: ...

class ScoreScenesRequest(_message.Message):
    __slots__ = ("objective", "scenes", "view_count", "seed")
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    SCENES_FIELD_NUMBER: _ClassVar[int]
    VIEW_COUNT_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    objective: Objective
    scenes: _containers.RepeatedCompositeFieldContainer[_scene_pb2.Scene]
    view_count: int
    seed: int
    def __init__(self, objective: _Optional[_Union[Objective, _Mapping]] = ..., scenes: _Optional[_Iterable[_Union[_scene_pb2.Scene, _Mapping]]] = ..., view_count: _Optional[int] = ..., seed: _Optional[int] = ...) -> None: ...

class SceneScore(_message.Message):
    __slots__ = ("score", "prompt_similarity", "keyphrase_similarities", "layout_penalty", "model_name", "model_digest")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    PROMPT_SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    KEYPHRASE_SIMILARITIES_FIELD_NUMBER: _ClassVar[int]
    LAYOUT_PENALTY_FIELD_NUMBER: _ClassVar[int]
    MODEL_NAME_FIELD_NUMBER: _ClassVar[int]
    MODEL_DIGEST_FIELD_NUMBER: _ClassVar[int]
    score: float
    prompt_similarity: float
    keyphrase_similarities: _containers.RepeatedScalarFieldContainer[float]
    layout_penalty: float
    model_name: str
    model_digest: str
    def __init__(self, score: _Optional[float] = ..., prompt_similarity: _Optional[float] = ..., keyphrase_similarities: _Optional[_Iterable[float]] = ..., layout_penalty: _Optional[float] = ..., model_name: _Optional[str] = ..., model_digest: _Optional[str] = ...) -> None: ...

class ScoreScenesResponse(_message.Message):
    __slots__ = ("scores", "model")
    SCORES_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    scores: _containers.RepeatedCompositeFieldContainer[SceneScore]
    model: _model_pb2.ModelIdentity
    def __init__(self, scores: _Optional[_Iterable[_Union[SceneScore, _Mapping]]] = ..., model: _Optional[_Union[_model_pb2.ModelIdentity, _Mapping]] = ...) -> None: ...

class RenderSceneRequest(_message.Message):
    __slots__ = ("scene", "height_pixels")
    SCENE_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PIXELS_FIELD_NUMBER: _ClassVar[int]
    scene: _scene_pb2.Scene
    height_pixels: int
    def __init__(self, scene: _Optional[_Union[_scene_pb2.Scene, _Mapping]] = ..., height_pixels: _Optional[int] = ...) -> None: ...

class RenderSceneResponse(_message.Message):
    __slots__ = ("png",)
    PNG_FIELD_NUMBER: _ClassVar[int]
    png: bytes
    def __init__(self, png: _Optional[bytes] = ...) -> None: ...

class OptimizeOptions(_message.Message):
    __slots__ = ("step_count", "view_count", "seed", "time_budget_seconds", "checkpoint_interval_steps", "patience_steps", "learning_rate_scale")
    STEP_COUNT_FIELD_NUMBER: _ClassVar[int]
    VIEW_COUNT_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    TIME_BUDGET_SECONDS_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_INTERVAL_STEPS_FIELD_NUMBER: _ClassVar[int]
    PATIENCE_STEPS_FIELD_NUMBER: _ClassVar[int]
    LEARNING_RATE_SCALE_FIELD_NUMBER: _ClassVar[int]
    step_count: int
    view_count: int
    seed: int
    time_budget_seconds: float
    checkpoint_interval_steps: int
    patience_steps: int
    learning_rate_scale: float
    def __init__(self, step_count: _Optional[int] = ..., view_count: _Optional[int] = ..., seed: _Optional[int] = ..., time_budget_seconds: _Optional[float] = ..., checkpoint_interval_steps: _Optional[int] = ..., patience_steps: _Optional[int] = ..., learning_rate_scale: _Optional[float] = ...) -> None: ...

class OptimizeCheckpoint(_message.Message):
    __slots__ = ("step", "scene", "best_scene", "best_score", "best_step", "smoothed_score", "stalled_step_count", "optimizer_state", "start_score")
    STEP_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    BEST_SCENE_FIELD_NUMBER: _ClassVar[int]
    BEST_SCORE_FIELD_NUMBER: _ClassVar[int]
    BEST_STEP_FIELD_NUMBER: _ClassVar[int]
    SMOOTHED_SCORE_FIELD_NUMBER: _ClassVar[int]
    STALLED_STEP_COUNT_FIELD_NUMBER: _ClassVar[int]
    OPTIMIZER_STATE_FIELD_NUMBER: _ClassVar[int]
    START_SCORE_FIELD_NUMBER: _ClassVar[int]
    step: int
    scene: _scene_pb2.Scene
    best_scene: _scene_pb2.Scene
    best_score: float
    best_step: int
    smoothed_score: float
    stalled_step_count: int
    optimizer_state: bytes
    start_score: float
    def __init__(self, step: _Optional[int] = ..., scene: _Optional[_Union[_scene_pb2.Scene, _Mapping]] = ..., best_scene: _Optional[_Union[_scene_pb2.Scene, _Mapping]] = ..., best_score: _Optional[float] = ..., best_step: _Optional[int] = ..., smoothed_score: _Optional[float] = ..., stalled_step_count: _Optional[int] = ..., optimizer_state: _Optional[bytes] = ..., start_score: _Optional[float] = ...) -> None: ...

class OptimizeStart(_message.Message):
    __slots__ = ("objective", "scene", "parameters", "options", "checkpoint", "background_anchor", "steers")
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_ANCHOR_FIELD_NUMBER: _ClassVar[int]
    STEERS_FIELD_NUMBER: _ClassVar[int]
    objective: Objective
    scene: _scene_pb2.Scene
    parameters: _containers.RepeatedScalarFieldContainer[Parameter]
    options: OptimizeOptions
    checkpoint: OptimizeCheckpoint
    background_anchor: _scene_pb2.Gradient
    steers: _containers.RepeatedCompositeFieldContainer[Steer]
    def __init__(self, objective: _Optional[_Union[Objective, _Mapping]] = ..., scene: _Optional[_Union[_scene_pb2.Scene, _Mapping]] = ..., parameters: _Optional[_Iterable[_Union[Parameter, str]]] = ..., options: _Optional[_Union[OptimizeOptions, _Mapping]] = ..., checkpoint: _Optional[_Union[OptimizeCheckpoint, _Mapping]] = ..., background_anchor: _Optional[_Union[_scene_pb2.Gradient, _Mapping]] = ..., steers: _Optional[_Iterable[_Union[Steer, _Mapping]]] = ...) -> None: ...

class Steer(_message.Message):
    __slots__ = ("pin", "unpin", "move", "hide", "show", "ban", "add", "set_weight", "stop", "step")
    class Pin(_message.Message):
        __slots__ = ("layer_index",)
        LAYER_INDEX_FIELD_NUMBER: _ClassVar[int]
        layer_index: int
        def __init__(self, layer_index: _Optional[int] = ...) -> None: ...
    class Unpin(_message.Message):
        __slots__ = ("layer_index",)
        LAYER_INDEX_FIELD_NUMBER: _ClassVar[int]
        layer_index: int
        def __init__(self, layer_index: _Optional[int] = ...) -> None: ...
    class Move(_message.Message):
        __slots__ = ("layer_index", "placement")
        LAYER_INDEX_FIELD_NUMBER: _ClassVar[int]
        PLACEMENT_FIELD_NUMBER: _ClassVar[int]
        layer_index: int
        placement: _scene_pb2.Placement
        def __init__(self, layer_index: _Optional[int] = ..., placement: _Optional[_Union[_scene_pb2.Placement, _Mapping]] = ...) -> None: ...
    class Hide(_message.Message):
        __slots__ = ("layer_index",)
        LAYER_INDEX_FIELD_NUMBER: _ClassVar[int]
        layer_index: int
        def __init__(self, layer_index: _Optional[int] = ...) -> None: ...
    class Show(_message.Message):
        __slots__ = ("layer_index",)
        LAYER_INDEX_FIELD_NUMBER: _ClassVar[int]
        layer_index: int
        def __init__(self, layer_index: _Optional[int] = ...) -> None: ...
    class Ban(_message.Message):
        __slots__ = ("cutout_digest",)
        CUTOUT_DIGEST_FIELD_NUMBER: _ClassVar[int]
        cutout_digest: str
        def __init__(self, cutout_digest: _Optional[str] = ...) -> None: ...
    class Add(_message.Message):
        __slots__ = ("layer",)
        LAYER_FIELD_NUMBER: _ClassVar[int]
        layer: _scene_pb2.Layer
        def __init__(self, layer: _Optional[_Union[_scene_pb2.Layer, _Mapping]] = ...) -> None: ...
    class SetWeight(_message.Message):
        __slots__ = ("keyphrase_index", "weight")
        KEYPHRASE_INDEX_FIELD_NUMBER: _ClassVar[int]
        WEIGHT_FIELD_NUMBER: _ClassVar[int]
        keyphrase_index: int
        weight: float
        def __init__(self, keyphrase_index: _Optional[int] = ..., weight: _Optional[float] = ...) -> None: ...
    class Stop(_message.Message):
        __slots__ = ()
        def __init__(self) -> None: ...
    PIN_FIELD_NUMBER: _ClassVar[int]
    UNPIN_FIELD_NUMBER: _ClassVar[int]
    MOVE_FIELD_NUMBER: _ClassVar[int]
    HIDE_FIELD_NUMBER: _ClassVar[int]
    SHOW_FIELD_NUMBER: _ClassVar[int]
    BAN_FIELD_NUMBER: _ClassVar[int]
    ADD_FIELD_NUMBER: _ClassVar[int]
    SET_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    pin: Steer.Pin
    unpin: Steer.Unpin
    move: Steer.Move
    hide: Steer.Hide
    show: Steer.Show
    ban: Steer.Ban
    add: Steer.Add
    set_weight: Steer.SetWeight
    stop: Steer.Stop
    step: int
    def __init__(self, pin: _Optional[_Union[Steer.Pin, _Mapping]] = ..., unpin: _Optional[_Union[Steer.Unpin, _Mapping]] = ..., move: _Optional[_Union[Steer.Move, _Mapping]] = ..., hide: _Optional[_Union[Steer.Hide, _Mapping]] = ..., show: _Optional[_Union[Steer.Show, _Mapping]] = ..., ban: _Optional[_Union[Steer.Ban, _Mapping]] = ..., add: _Optional[_Union[Steer.Add, _Mapping]] = ..., set_weight: _Optional[_Union[Steer.SetWeight, _Mapping]] = ..., stop: _Optional[_Union[Steer.Stop, _Mapping]] = ..., step: _Optional[int] = ...) -> None: ...

class RefusedSteer(_message.Message):
    __slots__ = ("steer", "reason", "message")
    STEER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    steer: Steer
    reason: str
    message: str
    def __init__(self, steer: _Optional[_Union[Steer, _Mapping]] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class OptimizeSceneRequest(_message.Message):
    __slots__ = ("start", "steer")
    START_FIELD_NUMBER: _ClassVar[int]
    STEER_FIELD_NUMBER: _ClassVar[int]
    start: OptimizeStart
    steer: Steer
    def __init__(self, start: _Optional[_Union[OptimizeStart, _Mapping]] = ..., steer: _Optional[_Union[Steer, _Mapping]] = ...) -> None: ...

class OptimizeProgress(_message.Message):
    __slots__ = ("step", "step_count", "score", "scene", "checkpoint", "loss_terms", "layer_indices", "steers", "refused_steers")
    class LossTermsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    STEP_FIELD_NUMBER: _ClassVar[int]
    STEP_COUNT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    LOSS_TERMS_FIELD_NUMBER: _ClassVar[int]
    LAYER_INDICES_FIELD_NUMBER: _ClassVar[int]
    STEERS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_STEERS_FIELD_NUMBER: _ClassVar[int]
    step: int
    step_count: int
    score: float
    scene: _scene_pb2.Scene
    checkpoint: OptimizeCheckpoint
    loss_terms: _containers.ScalarMap[str, float]
    layer_indices: _containers.RepeatedScalarFieldContainer[int]
    steers: _containers.RepeatedCompositeFieldContainer[Steer]
    refused_steers: _containers.RepeatedCompositeFieldContainer[RefusedSteer]
    def __init__(self, step: _Optional[int] = ..., step_count: _Optional[int] = ..., score: _Optional[float] = ..., scene: _Optional[_Union[_scene_pb2.Scene, _Mapping]] = ..., checkpoint: _Optional[_Union[OptimizeCheckpoint, _Mapping]] = ..., loss_terms: _Optional[_Mapping[str, float]] = ..., layer_indices: _Optional[_Iterable[int]] = ..., steers: _Optional[_Iterable[_Union[Steer, _Mapping]]] = ..., refused_steers: _Optional[_Iterable[_Union[RefusedSteer, _Mapping]]] = ...) -> None: ...

class OptimizeResult(_message.Message):
    __slots__ = ("scene", "score", "start_score", "step_count", "best_step", "stop_reason", "model", "layer_indices", "steers", "refused_steers")
    SCENE_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    START_SCORE_FIELD_NUMBER: _ClassVar[int]
    STEP_COUNT_FIELD_NUMBER: _ClassVar[int]
    BEST_STEP_FIELD_NUMBER: _ClassVar[int]
    STOP_REASON_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    LAYER_INDICES_FIELD_NUMBER: _ClassVar[int]
    STEERS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_STEERS_FIELD_NUMBER: _ClassVar[int]
    scene: _scene_pb2.Scene
    score: float
    start_score: float
    step_count: int
    best_step: int
    stop_reason: StopReason
    model: _model_pb2.ModelIdentity
    layer_indices: _containers.RepeatedScalarFieldContainer[int]
    steers: _containers.RepeatedCompositeFieldContainer[Steer]
    refused_steers: _containers.RepeatedCompositeFieldContainer[RefusedSteer]
    def __init__(self, scene: _Optional[_Union[_scene_pb2.Scene, _Mapping]] = ..., score: _Optional[float] = ..., start_score: _Optional[float] = ..., step_count: _Optional[int] = ..., best_step: _Optional[int] = ..., stop_reason: _Optional[_Union[StopReason, str]] = ..., model: _Optional[_Union[_model_pb2.ModelIdentity, _Mapping]] = ..., layer_indices: _Optional[_Iterable[int]] = ..., steers: _Optional[_Iterable[_Union[Steer, _Mapping]]] = ..., refused_steers: _Optional[_Iterable[_Union[RefusedSteer, _Mapping]]] = ...) -> None: ...

class OptimizeSceneResponse(_message.Message):
    __slots__ = ("progress", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: OptimizeProgress
    result: OptimizeResult
    def __init__(self, progress: _Optional[_Union[OptimizeProgress, _Mapping]] = ..., result: _Optional[_Union[OptimizeResult, _Mapping]] = ...) -> None: ...

class EvaluateSceneRequest(_message.Message):
    __slots__ = ("objective", "scene", "seed")
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    objective: Objective
    scene: _scene_pb2.Scene
    seed: int
    def __init__(self, objective: _Optional[_Union[Objective, _Mapping]] = ..., scene: _Optional[_Union[_scene_pb2.Scene, _Mapping]] = ..., seed: _Optional[int] = ...) -> None: ...

class SceneEvaluation(_message.Message):
    __slots__ = ("perceptor", "similarity", "lift", "held_out_perceptor", "held_out_similarity", "held_out_lift", "overfit_index", "mirror_drop", "contributions", "visible_shares", "off_canvas_share", "blank_share")
    PERCEPTOR_FIELD_NUMBER: _ClassVar[int]
    SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    LIFT_FIELD_NUMBER: _ClassVar[int]
    HELD_OUT_PERCEPTOR_FIELD_NUMBER: _ClassVar[int]
    HELD_OUT_SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    HELD_OUT_LIFT_FIELD_NUMBER: _ClassVar[int]
    OVERFIT_INDEX_FIELD_NUMBER: _ClassVar[int]
    MIRROR_DROP_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTIONS_FIELD_NUMBER: _ClassVar[int]
    VISIBLE_SHARES_FIELD_NUMBER: _ClassVar[int]
    OFF_CANVAS_SHARE_FIELD_NUMBER: _ClassVar[int]
    BLANK_SHARE_FIELD_NUMBER: _ClassVar[int]
    perceptor: _model_pb2.ModelIdentity
    similarity: float
    lift: float
    held_out_perceptor: _model_pb2.ModelIdentity
    held_out_similarity: float
    held_out_lift: float
    overfit_index: float
    mirror_drop: float
    contributions: _containers.RepeatedScalarFieldContainer[float]
    visible_shares: _containers.RepeatedScalarFieldContainer[float]
    off_canvas_share: float
    blank_share: float
    def __init__(self, perceptor: _Optional[_Union[_model_pb2.ModelIdentity, _Mapping]] = ..., similarity: _Optional[float] = ..., lift: _Optional[float] = ..., held_out_perceptor: _Optional[_Union[_model_pb2.ModelIdentity, _Mapping]] = ..., held_out_similarity: _Optional[float] = ..., held_out_lift: _Optional[float] = ..., overfit_index: _Optional[float] = ..., mirror_drop: _Optional[float] = ..., contributions: _Optional[_Iterable[float]] = ..., visible_shares: _Optional[_Iterable[float]] = ..., off_canvas_share: _Optional[float] = ..., blank_share: _Optional[float] = ...) -> None: ...

class EvaluateSceneResponse(_message.Message):
    __slots__ = ("evaluation",)
    EVALUATION_FIELD_NUMBER: _ClassVar[int]
    evaluation: SceneEvaluation
    def __init__(self, evaluation: _Optional[_Union[SceneEvaluation, _Mapping]] = ...) -> None: ...
