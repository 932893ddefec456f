from collage.v1 import composition_service_pb2 as _composition_service_pb2
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

class Quality(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    QUALITY_UNSPECIFIED: _ClassVar[Quality]
    QUALITY_DRAFT: _ClassVar[Quality]
    QUALITY_NORMAL: _ClassVar[Quality]
    QUALITY_HIGH: _ClassVar[Quality]

class PartOfSpeech(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PART_OF_SPEECH_UNSPECIFIED: _ClassVar[PartOfSpeech]
    PART_OF_SPEECH_NOUN: _ClassVar[PartOfSpeech]
    PART_OF_SPEECH_ADJECTIVE: _ClassVar[PartOfSpeech]
    PART_OF_SPEECH_VERB: _ClassVar[PartOfSpeech]

class BackgroundMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BACKGROUND_MODE_UNSPECIFIED: _ClassVar[BackgroundMode]
    BACKGROUND_MODE_FITTED: _ClassVar[BackgroundMode]
    BACKGROUND_MODE_FIXED: _ClassVar[BackgroundMode]
    BACKGROUND_MODE_PHOTO: _ClassVar[BackgroundMode]

class PictureFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PICTURE_FORMAT_UNSPECIFIED: _ClassVar[PictureFormat]
    PICTURE_FORMAT_PNG: _ClassVar[PictureFormat]
    PICTURE_FORMAT_JPEG: _ClassVar[PictureFormat]
QUALITY_UNSPECIFIED: Quality
QUALITY_DRAFT: Quality
QUALITY_NORMAL: Quality
QUALITY_HIGH: Quality
PART_OF_SPEECH_UNSPECIFIED: PartOfSpeech
PART_OF_SPEECH_NOUN: PartOfSpeech
PART_OF_SPEECH_ADJECTIVE: PartOfSpeech
PART_OF_SPEECH_VERB: PartOfSpeech
BACKGROUND_MODE_UNSPECIFIED: BackgroundMode
BACKGROUND_MODE_FITTED: BackgroundMode
BACKGROUND_MODE_FIXED: BackgroundMode
BACKGROUND_MODE_PHOTO: BackgroundMode
PICTURE_FORMAT_UNSPECIFIED: PictureFormat
PICTURE_FORMAT_PNG: PictureFormat
PICTURE_FORMAT_JPEG: PictureFormat

class Collage(_message.Message):
    __slots__ = ("id", "prompt", "options", "state", "keyphrases", "photos", "cutouts", "layouts", "scene", "start_score", "score", "models", "credits", "license", "skipped", "optimization_step_count", "failure_message", "failure_reason", "evaluation")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[Collage.State]
        STATE_QUEUED: _ClassVar[Collage.State]
        STATE_FINDING_KEYPHRASES: _ClassVar[Collage.State]
        STATE_FINDING_PHOTOS: _ClassVar[Collage.State]
        STATE_CUTTING_OUT: _ClassVar[Collage.State]
        STATE_COLORING_BACKGROUND: _ClassVar[Collage.State]
        STATE_ARRANGING: _ClassVar[Collage.State]
        STATE_OPTIMIZING: _ClassVar[Collage.State]
        STATE_RENDERING: _ClassVar[Collage.State]
        STATE_SUCCEEDED: _ClassVar[Collage.State]
        STATE_FAILED: _ClassVar[Collage.State]
        STATE_CANCELLED: _ClassVar[Collage.State]
    STATE_UNSPECIFIED: Collage.State
    STATE_QUEUED: Collage.State
    STATE_FINDING_KEYPHRASES: Collage.State
    STATE_FINDING_PHOTOS: Collage.State
    STATE_CUTTING_OUT: Collage.State
    STATE_COLORING_BACKGROUND: Collage.State
    STATE_ARRANGING: Collage.State
    STATE_OPTIMIZING: Collage.State
    STATE_RENDERING: Collage.State
    STATE_SUCCEEDED: Collage.State
    STATE_FAILED: Collage.State
    STATE_CANCELLED: Collage.State
    ID_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    KEYPHRASES_FIELD_NUMBER: _ClassVar[int]
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    CUTOUTS_FIELD_NUMBER: _ClassVar[int]
    LAYOUTS_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    START_SCORE_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    CREDITS_FIELD_NUMBER: _ClassVar[int]
    LICENSE_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    OPTIMIZATION_STEP_COUNT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FAILURE_REASON_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_FIELD_NUMBER: _ClassVar[int]
    id: str
    prompt: str
    options: CollageOptions
    state: Collage.State
    keyphrases: _containers.RepeatedCompositeFieldContainer[Keyphrase]
    photos: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Photo]
    cutouts: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Cutout]
    layouts: _containers.RepeatedCompositeFieldContainer[ScoredScene]
    scene: _scene_pb2.Scene
    start_score: float
    score: float
    models: CollageModels
    credits: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Credit]
    license: CollageLicense
    skipped: _containers.RepeatedCompositeFieldContainer[SkippedCount]
    optimization_step_count: int
    failure_message: str
    failure_reason: str
    evaluation: _composition_service_pb2.SceneEvaluation
    def __init__(self, id: _Optional[str] = ..., prompt: _Optional[str] = ..., options: _Optional[_Union[CollageOptions, _Mapping]] = ..., state: _Optional[_Union[Collage.State, str]] = ..., keyphrases: _Optional[_Iterable[_Union[Keyphrase, _Mapping]]] = ..., photos: _Optional[_Iterable[_Union[_photo_pb2.Photo, _Mapping]]] = ..., cutouts: _Optional[_Iterable[_Union[_photo_pb2.Cutout, _Mapping]]] = ..., layouts: _Optional[_Iterable[_Union[ScoredScene, _Mapping]]] = ..., scene: _Optional[_Union[_scene_pb2.Scene, _Mapping]] = ..., start_score: _Optional[float] = ..., score: _Optional[float] = ..., models: _Optional[_Union[CollageModels, _Mapping]] = ..., credits: _Optional[_Iterable[_Union[_photo_pb2.Credit, _Mapping]]] = ..., license: _Optional[_Union[CollageLicense, _Mapping]] = ..., skipped: _Optional[_Iterable[_Union[SkippedCount, _Mapping]]] = ..., optimization_step_count: _Optional[int] = ..., failure_message: _Optional[str] = ..., failure_reason: _Optional[str] = ..., evaluation: _Optional[_Union[_composition_service_pb2.SceneEvaluation, _Mapping]] = ...) -> None: ...

class UnfinishedCollage(_message.Message):
    __slots__ = ("collage", "options", "spare_cutouts", "spare_photos", "spent_seconds", "rendered")
    COLLAGE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    SPARE_CUTOUTS_FIELD_NUMBER: _ClassVar[int]
    SPARE_PHOTOS_FIELD_NUMBER: _ClassVar[int]
    SPENT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    RENDERED_FIELD_NUMBER: _ClassVar[int]
    collage: Collage
    options: CollageOptions
    spare_cutouts: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Cutout]
    spare_photos: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Photo]
    spent_seconds: float
    rendered: CollageEvent.Rendered
    def __init__(self, collage: _Optional[_Union[Collage, _Mapping]] = ..., options: _Optional[_Union[CollageOptions, _Mapping]] = ..., spare_cutouts: _Optional[_Iterable[_Union[_photo_pb2.Cutout, _Mapping]]] = ..., spare_photos: _Optional[_Iterable[_Union[_photo_pb2.Photo, _Mapping]]] = ..., spent_seconds: _Optional[float] = ..., rendered: _Optional[_Union[CollageEvent.Rendered, _Mapping]] = ...) -> None: ...

class CollageOptions(_message.Message):
    __slots__ = ("seed", "aspect_ratio", "height_pixels", "quality", "layout_count", "background_iteration_count", "iteration_count", "cutout_count", "photo_count", "parts_of_speech", "keyphrases", "negatives", "background_mode", "background", "noncommercial_allowed", "licenses", "view_count", "picture_format", "time_budget_seconds", "patience_step_count", "variation_count")
    SEED_FIELD_NUMBER: _ClassVar[int]
    ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PIXELS_FIELD_NUMBER: _ClassVar[int]
    QUALITY_FIELD_NUMBER: _ClassVar[int]
    LAYOUT_COUNT_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_ITERATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    ITERATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    CUTOUT_COUNT_FIELD_NUMBER: _ClassVar[int]
    PHOTO_COUNT_FIELD_NUMBER: _ClassVar[int]
    PARTS_OF_SPEECH_FIELD_NUMBER: _ClassVar[int]
    KEYPHRASES_FIELD_NUMBER: _ClassVar[int]
    NEGATIVES_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_MODE_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    NONCOMMERCIAL_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    LICENSES_FIELD_NUMBER: _ClassVar[int]
    VIEW_COUNT_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FORMAT_FIELD_NUMBER: _ClassVar[int]
    TIME_BUDGET_SECONDS_FIELD_NUMBER: _ClassVar[int]
    PATIENCE_STEP_COUNT_FIELD_NUMBER: _ClassVar[int]
    VARIATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    seed: int
    aspect_ratio: float
    height_pixels: int
    quality: Quality
    layout_count: int
    background_iteration_count: int
    iteration_count: int
    cutout_count: int
    photo_count: int
    parts_of_speech: _containers.RepeatedScalarFieldContainer[PartOfSpeech]
    keyphrases: _containers.RepeatedCompositeFieldContainer[_composition_service_pb2.WeightedText]
    negatives: _containers.RepeatedCompositeFieldContainer[_composition_service_pb2.WeightedText]
    background_mode: BackgroundMode
    background: _scene_pb2.Gradient
    noncommercial_allowed: bool
    licenses: _containers.RepeatedScalarFieldContainer[str]
    view_count: int
    picture_format: PictureFormat
    time_budget_seconds: float
    patience_step_count: int
    variation_count: int
    def __init__(self, seed: _Optional[int] = ..., aspect_ratio: _Optional[float] = ..., height_pixels: _Optional[int] = ..., quality: _Optional[_Union[Quality, str]] = ..., layout_count: _Optional[int] = ..., background_iteration_count: _Optional[int] = ..., iteration_count: _Optional[int] = ..., cutout_count: _Optional[int] = ..., photo_count: _Optional[int] = ..., parts_of_speech: _Optional[_Iterable[_Union[PartOfSpeech, str]]] = ..., keyphrases: _Optional[_Iterable[_Union[_composition_service_pb2.WeightedText, _Mapping]]] = ..., negatives: _Optional[_Iterable[_Union[_composition_service_pb2.WeightedText, _Mapping]]] = ..., background_mode: _Optional[_Union[BackgroundMode, str]] = ..., background: _Optional[_Union[_scene_pb2.Gradient, _Mapping]] = ..., noncommercial_allowed: bool = ..., licenses: _Optional[_Iterable[str]] = ..., view_count: _Optional[int] = ..., picture_format: _Optional[_Union[PictureFormat, str]] = ..., time_budget_seconds: _Optional[float] = ..., patience_step_count: _Optional[int] = ..., variation_count: _Optional[int] = ...) -> None: ...

class Token(_message.Message):
    __slots__ = ("text", "part_of_speech")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    PART_OF_SPEECH_FIELD_NUMBER: _ClassVar[int]
    text: str
    part_of_speech: PartOfSpeech
    def __init__(self, text: _Optional[str] = ..., part_of_speech: _Optional[_Union[PartOfSpeech, str]] = ...) -> None: ...

class Keyphrase(_message.Message):
    __slots__ = ("text", "weight", "start", "end", "tokens", "queries", "source")
    class Source(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SOURCE_UNSPECIFIED: _ClassVar[Keyphrase.Source]
        SOURCE_TAGGER: _ClassVar[Keyphrase.Source]
        SOURCE_STOPWORDS: _ClassVar[Keyphrase.Source]
        SOURCE_PROMPT: _ClassVar[Keyphrase.Source]
        SOURCE_CLIENT: _ClassVar[Keyphrase.Source]
    SOURCE_UNSPECIFIED: Keyphrase.Source
    SOURCE_TAGGER: Keyphrase.Source
    SOURCE_STOPWORDS: Keyphrase.Source
    SOURCE_PROMPT: Keyphrase.Source
    SOURCE_CLIENT: Keyphrase.Source
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    QUERIES_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    text: str
    weight: float
    start: int
    end: int
    tokens: _containers.RepeatedCompositeFieldContainer[Token]
    queries: _containers.RepeatedScalarFieldContainer[str]
    source: Keyphrase.Source
    def __init__(self, text: _Optional[str] = ..., weight: _Optional[float] = ..., start: _Optional[int] = ..., end: _Optional[int] = ..., tokens: _Optional[_Iterable[_Union[Token, _Mapping]]] = ..., queries: _Optional[_Iterable[str]] = ..., source: _Optional[_Union[Keyphrase.Source, str]] = ...) -> None: ...

class ScoredScene(_message.Message):
    __slots__ = ("scene", "score")
    SCENE_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    scene: _scene_pb2.Scene
    score: _composition_service_pb2.SceneScore
    def __init__(self, scene: _Optional[_Union[_scene_pb2.Scene, _Mapping]] = ..., score: _Optional[_Union[_composition_service_pb2.SceneScore, _Mapping]] = ...) -> None: ...

class CollageModels(_message.Message):
    __slots__ = ("perceptor", "segmenter")
    PERCEPTOR_FIELD_NUMBER: _ClassVar[int]
    SEGMENTER_FIELD_NUMBER: _ClassVar[int]
    perceptor: _model_pb2.ModelIdentity
    segmenter: _model_pb2.ModelIdentity
    def __init__(self, perceptor: _Optional[_Union[_model_pb2.ModelIdentity, _Mapping]] = ..., segmenter: _Optional[_Union[_model_pb2.ModelIdentity, _Mapping]] = ...) -> None: ...

class CollageLicense(_message.Message):
    __slots__ = ("license", "explanation", "forced_by")
    LICENSE_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    FORCED_BY_FIELD_NUMBER: _ClassVar[int]
    license: _photo_pb2.License
    explanation: str
    forced_by: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, license: _Optional[_Union[_photo_pb2.License, _Mapping]] = ..., explanation: _Optional[str] = ..., forced_by: _Optional[_Iterable[str]] = ...) -> None: ...

class SkippedCount(_message.Message):
    __slots__ = ("reason", "count", "examples")
    REASON_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    reason: str
    count: int
    examples: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, reason: _Optional[str] = ..., count: _Optional[int] = ..., examples: _Optional[_Iterable[str]] = ...) -> None: ...

class CollageEvent(_message.Message):
    __slots__ = ("sequence", "stage_started", "stage_progressed", "stage_finished", "keyphrases_found", "photos_found", "cutouts_found", "background_fitted", "layouts_scored", "optimized", "rendered", "credits_written", "skipped", "succeeded", "failed", "cancelled", "models_chosen", "evaluated", "waiting", "queued")
    class Queued(_message.Message):
        __slots__ = ("ahead_count",)
        AHEAD_COUNT_FIELD_NUMBER: _ClassVar[int]
        ahead_count: int
        def __init__(self, ahead_count: _Optional[int] = ...) -> None: ...
    class StageStarted(_message.Message):
        __slots__ = ("state",)
        STATE_FIELD_NUMBER: _ClassVar[int]
        state: Collage.State
        def __init__(self, state: _Optional[_Union[Collage.State, str]] = ...) -> None: ...
    class StageProgressed(_message.Message):
        __slots__ = ("state", "done_count", "total_count", "unit")
        STATE_FIELD_NUMBER: _ClassVar[int]
        DONE_COUNT_FIELD_NUMBER: _ClassVar[int]
        TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
        UNIT_FIELD_NUMBER: _ClassVar[int]
        state: Collage.State
        done_count: int
        total_count: int
        unit: str
        def __init__(self, state: _Optional[_Union[Collage.State, str]] = ..., done_count: _Optional[int] = ..., total_count: _Optional[int] = ..., unit: _Optional[str] = ...) -> None: ...
    class StageFinished(_message.Message):
        __slots__ = ("state", "duration_seconds")
        STATE_FIELD_NUMBER: _ClassVar[int]
        DURATION_SECONDS_FIELD_NUMBER: _ClassVar[int]
        state: Collage.State
        duration_seconds: float
        def __init__(self, state: _Optional[_Union[Collage.State, str]] = ..., duration_seconds: _Optional[float] = ...) -> None: ...
    class KeyphrasesFound(_message.Message):
        __slots__ = ("keyphrases", "warnings")
        KEYPHRASES_FIELD_NUMBER: _ClassVar[int]
        WARNINGS_FIELD_NUMBER: _ClassVar[int]
        keyphrases: _containers.RepeatedCompositeFieldContainer[Keyphrase]
        warnings: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, keyphrases: _Optional[_Iterable[_Union[Keyphrase, _Mapping]]] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...
    class PhotosFound(_message.Message):
        __slots__ = ("photos",)
        PHOTOS_FIELD_NUMBER: _ClassVar[int]
        photos: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Photo]
        def __init__(self, photos: _Optional[_Iterable[_Union[_photo_pb2.Photo, _Mapping]]] = ...) -> None: ...
    class CutoutsFound(_message.Message):
        __slots__ = ("cutouts",)
        CUTOUTS_FIELD_NUMBER: _ClassVar[int]
        cutouts: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Cutout]
        def __init__(self, cutouts: _Optional[_Iterable[_Union[_photo_pb2.Cutout, _Mapping]]] = ...) -> None: ...
    class BackgroundFitted(_message.Message):
        __slots__ = ("background", "score")
        BACKGROUND_FIELD_NUMBER: _ClassVar[int]
        SCORE_FIELD_NUMBER: _ClassVar[int]
        background: _scene_pb2.Gradient
        score: float
        def __init__(self, background: _Optional[_Union[_scene_pb2.Gradient, _Mapping]] = ..., score: _Optional[float] = ...) -> None: ...
    class LayoutsScored(_message.Message):
        __slots__ = ("best", "samples", "layout_count")
        BEST_FIELD_NUMBER: _ClassVar[int]
        SAMPLES_FIELD_NUMBER: _ClassVar[int]
        LAYOUT_COUNT_FIELD_NUMBER: _ClassVar[int]
        best: _containers.RepeatedCompositeFieldContainer[ScoredScene]
        samples: _containers.RepeatedCompositeFieldContainer[ScoredScene]
        layout_count: int
        def __init__(self, best: _Optional[_Iterable[_Union[ScoredScene, _Mapping]]] = ..., samples: _Optional[_Iterable[_Union[ScoredScene, _Mapping]]] = ..., layout_count: _Optional[int] = ...) -> None: ...
    class Optimized(_message.Message):
        __slots__ = ("state", "progress")
        STATE_FIELD_NUMBER: _ClassVar[int]
        PROGRESS_FIELD_NUMBER: _ClassVar[int]
        state: Collage.State
        progress: _composition_service_pb2.OptimizeProgress
        def __init__(self, state: _Optional[_Union[Collage.State, str]] = ..., progress: _Optional[_Union[_composition_service_pb2.OptimizeProgress, _Mapping]] = ...) -> None: ...
    class Rendered(_message.Message):
        __slots__ = ("picture_digest", "media_type", "width", "height")
        PICTURE_DIGEST_FIELD_NUMBER: _ClassVar[int]
        MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
        WIDTH_FIELD_NUMBER: _ClassVar[int]
        HEIGHT_FIELD_NUMBER: _ClassVar[int]
        picture_digest: str
        media_type: str
        width: int
        height: int
        def __init__(self, picture_digest: _Optional[str] = ..., media_type: _Optional[str] = ..., width: _Optional[int] = ..., height: _Optional[int] = ...) -> None: ...
    class CreditsWritten(_message.Message):
        __slots__ = ("credits", "license")
        CREDITS_FIELD_NUMBER: _ClassVar[int]
        LICENSE_FIELD_NUMBER: _ClassVar[int]
        credits: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Credit]
        license: CollageLicense
        def __init__(self, credits: _Optional[_Iterable[_Union[_photo_pb2.Credit, _Mapping]]] = ..., license: _Optional[_Union[CollageLicense, _Mapping]] = ...) -> None: ...
    class Skipped(_message.Message):
        __slots__ = ("reason", "name", "detail")
        REASON_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        DETAIL_FIELD_NUMBER: _ClassVar[int]
        reason: str
        name: str
        detail: str
        def __init__(self, reason: _Optional[str] = ..., name: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...
    class Succeeded(_message.Message):
        __slots__ = ("collage",)
        COLLAGE_FIELD_NUMBER: _ClassVar[int]
        collage: Collage
        def __init__(self, collage: _Optional[_Union[Collage, _Mapping]] = ...) -> None: ...
    class Failed(_message.Message):
        __slots__ = ("reason", "message")
        REASON_FIELD_NUMBER: _ClassVar[int]
        MESSAGE_FIELD_NUMBER: _ClassVar[int]
        reason: str
        message: str
        def __init__(self, reason: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...
    class Cancelled(_message.Message):
        __slots__ = ()
        def __init__(self) -> None: ...
    class Waiting(_message.Message):
        __slots__ = ("state", "reason", "message")
        STATE_FIELD_NUMBER: _ClassVar[int]
        REASON_FIELD_NUMBER: _ClassVar[int]
        MESSAGE_FIELD_NUMBER: _ClassVar[int]
        state: Collage.State
        reason: str
        message: str
        def __init__(self, state: _Optional[_Union[Collage.State, str]] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    STAGE_STARTED_FIELD_NUMBER: _ClassVar[int]
    STAGE_PROGRESSED_FIELD_NUMBER: _ClassVar[int]
    STAGE_FINISHED_FIELD_NUMBER: _ClassVar[int]
    KEYPHRASES_FOUND_FIELD_NUMBER: _ClassVar[int]
    PHOTOS_FOUND_FIELD_NUMBER: _ClassVar[int]
    CUTOUTS_FOUND_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FITTED_FIELD_NUMBER: _ClassVar[int]
    LAYOUTS_SCORED_FIELD_NUMBER: _ClassVar[int]
    OPTIMIZED_FIELD_NUMBER: _ClassVar[int]
    RENDERED_FIELD_NUMBER: _ClassVar[int]
    CREDITS_WRITTEN_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    MODELS_CHOSEN_FIELD_NUMBER: _ClassVar[int]
    EVALUATED_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    QUEUED_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    stage_started: CollageEvent.StageStarted
    stage_progressed: CollageEvent.StageProgressed
    stage_finished: CollageEvent.StageFinished
    keyphrases_found: CollageEvent.KeyphrasesFound
    photos_found: CollageEvent.PhotosFound
    cutouts_found: CollageEvent.CutoutsFound
    background_fitted: CollageEvent.BackgroundFitted
    layouts_scored: CollageEvent.LayoutsScored
    optimized: CollageEvent.Optimized
    rendered: CollageEvent.Rendered
    credits_written: CollageEvent.CreditsWritten
    skipped: CollageEvent.Skipped
    succeeded: CollageEvent.Succeeded
    failed: CollageEvent.Failed
    cancelled: CollageEvent.Cancelled
    models_chosen: CollageModels
    evaluated: _composition_service_pb2.SceneEvaluation
    waiting: CollageEvent.Waiting
    queued: CollageEvent.Queued
    def __init__(self, sequence: _Optional[int] = ..., stage_started: _Optional[_Union[CollageEvent.StageStarted, _Mapping]] = ..., stage_progressed: _Optional[_Union[CollageEvent.StageProgressed, _Mapping]] = ..., stage_finished: _Optional[_Union[CollageEvent.StageFinished, _Mapping]] = ..., keyphrases_found: _Optional[_Union[CollageEvent.KeyphrasesFound, _Mapping]] = ..., photos_found: _Optional[_Union[CollageEvent.PhotosFound, _Mapping]] = ..., cutouts_found: _Optional[_Union[CollageEvent.CutoutsFound, _Mapping]] = ..., background_fitted: _Optional[_Union[CollageEvent.BackgroundFitted, _Mapping]] = ..., layouts_scored: _Optional[_Union[CollageEvent.LayoutsScored, _Mapping]] = ..., optimized: _Optional[_Union[CollageEvent.Optimized, _Mapping]] = ..., rendered: _Optional[_Union[CollageEvent.Rendered, _Mapping]] = ..., credits_written: _Optional[_Union[CollageEvent.CreditsWritten, _Mapping]] = ..., skipped: _Optional[_Union[CollageEvent.Skipped, _Mapping]] = ..., succeeded: _Optional[_Union[CollageEvent.Succeeded, _Mapping]] = ..., failed: _Optional[_Union[CollageEvent.Failed, _Mapping]] = ..., cancelled: _Optional[_Union[CollageEvent.Cancelled, _Mapping]] = ..., models_chosen: _Optional[_Union[CollageModels, _Mapping]] = ..., evaluated: _Optional[_Union[_composition_service_pb2.SceneEvaluation, _Mapping]] = ..., waiting: _Optional[_Union[CollageEvent.Waiting, _Mapping]] = ..., queued: _Optional[_Union[CollageEvent.Queued, _Mapping]] = ...) -> None: ...
