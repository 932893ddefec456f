from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Photo(_message.Message):
    __slots__ = ("digest", "source", "source_id", "media_type", "width", "height", "description", "categories", "credit", "ranking", "restrictions")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    RANKING_FIELD_NUMBER: _ClassVar[int]
    RESTRICTIONS_FIELD_NUMBER: _ClassVar[int]
    digest: str
    source: str
    source_id: str
    media_type: str
    width: int
    height: int
    description: str
    categories: _containers.RepeatedScalarFieldContainer[str]
    credit: Credit
    ranking: Ranking
    restrictions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, digest: _Optional[str] = ..., source: _Optional[str] = ..., source_id: _Optional[str] = ..., media_type: _Optional[str] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., description: _Optional[str] = ..., categories: _Optional[_Iterable[str]] = ..., credit: _Optional[_Union[Credit, _Mapping]] = ..., ranking: _Optional[_Union[Ranking, _Mapping]] = ..., restrictions: _Optional[_Iterable[str]] = ...) -> None: ...

class Ranking(_message.Message):
    __slots__ = ("prompt_similarity", "keyphrase_similarities", "text_similarities", "score", "keyphrase_index", "model_name", "model_digest")
    PROMPT_SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    KEYPHRASE_SIMILARITIES_FIELD_NUMBER: _ClassVar[int]
    TEXT_SIMILARITIES_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    KEYPHRASE_INDEX_FIELD_NUMBER: _ClassVar[int]
    MODEL_NAME_FIELD_NUMBER: _ClassVar[int]
    MODEL_DIGEST_FIELD_NUMBER: _ClassVar[int]
    prompt_similarity: float
    keyphrase_similarities: _containers.RepeatedScalarFieldContainer[float]
    text_similarities: _containers.RepeatedScalarFieldContainer[float]
    score: float
    keyphrase_index: int
    model_name: str
    model_digest: str
    def __init__(self, prompt_similarity: _Optional[float] = ..., keyphrase_similarities: _Optional[_Iterable[float]] = ..., text_similarities: _Optional[_Iterable[float]] = ..., score: _Optional[float] = ..., keyphrase_index: _Optional[int] = ..., model_name: _Optional[str] = ..., model_digest: _Optional[str] = ...) -> None: ...

class License(_message.Message):
    __slots__ = ("id", "name", "url")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    url: str
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., url: _Optional[str] = ...) -> None: ...

class Credit(_message.Message):
    __slots__ = ("title", "author", "author_url", "source_url", "license", "earlier_changes", "changes", "photo_digest", "visible_share", "restrictions")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_URL_FIELD_NUMBER: _ClassVar[int]
    SOURCE_URL_FIELD_NUMBER: _ClassVar[int]
    LICENSE_FIELD_NUMBER: _ClassVar[int]
    EARLIER_CHANGES_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    PHOTO_DIGEST_FIELD_NUMBER: _ClassVar[int]
    VISIBLE_SHARE_FIELD_NUMBER: _ClassVar[int]
    RESTRICTIONS_FIELD_NUMBER: _ClassVar[int]
    title: str
    author: str
    author_url: str
    source_url: str
    license: License
    earlier_changes: str
    changes: str
    photo_digest: str
    visible_share: float
    restrictions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, title: _Optional[str] = ..., author: _Optional[str] = ..., author_url: _Optional[str] = ..., source_url: _Optional[str] = ..., license: _Optional[_Union[License, _Mapping]] = ..., earlier_changes: _Optional[str] = ..., changes: _Optional[str] = ..., photo_digest: _Optional[str] = ..., visible_share: _Optional[float] = ..., restrictions: _Optional[_Iterable[str]] = ...) -> None: ...

class Box(_message.Message):
    __slots__ = ("left", "top", "width", "height")
    LEFT_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    left: int
    top: int
    width: int
    height: int
    def __init__(self, left: _Optional[int] = ..., top: _Optional[int] = ..., width: _Optional[int] = ..., height: _Optional[int] = ...) -> None: ...

class Borders(_message.Message):
    __slots__ = ("left", "top", "right", "bottom")
    LEFT_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_FIELD_NUMBER: _ClassVar[int]
    left: bool
    top: bool
    right: bool
    bottom: bool
    def __init__(self, left: bool = ..., top: bool = ..., right: bool = ..., bottom: bool = ...) -> None: ...

class LabelCandidate(_message.Message):
    __slots__ = ("name", "vocabulary", "score")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VOCABULARY_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    name: str
    vocabulary: str
    score: float
    def __init__(self, name: _Optional[str] = ..., vocabulary: _Optional[str] = ..., score: _Optional[float] = ...) -> None: ...

class Cutout(_message.Message):
    __slots__ = ("digest", "photo_digest", "width", "height", "box", "area_fraction", "mask_score", "labels", "borders", "may_be_several", "ranking", "smaller_digest", "larger_photo_digest")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    PHOTO_DIGEST_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    AREA_FRACTION_FIELD_NUMBER: _ClassVar[int]
    MASK_SCORE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    BORDERS_FIELD_NUMBER: _ClassVar[int]
    MAY_BE_SEVERAL_FIELD_NUMBER: _ClassVar[int]
    RANKING_FIELD_NUMBER: _ClassVar[int]
    SMALLER_DIGEST_FIELD_NUMBER: _ClassVar[int]
    LARGER_PHOTO_DIGEST_FIELD_NUMBER: _ClassVar[int]
    digest: str
    photo_digest: str
    width: int
    height: int
    box: Box
    area_fraction: float
    mask_score: float
    labels: _containers.RepeatedCompositeFieldContainer[LabelCandidate]
    borders: Borders
    may_be_several: bool
    ranking: Ranking
    smaller_digest: str
    larger_photo_digest: str
    def __init__(self, digest: _Optional[str] = ..., photo_digest: _Optional[str] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., box: _Optional[_Union[Box, _Mapping]] = ..., area_fraction: _Optional[float] = ..., mask_score: _Optional[float] = ..., labels: _Optional[_Iterable[_Union[LabelCandidate, _Mapping]]] = ..., borders: _Optional[_Union[Borders, _Mapping]] = ..., may_be_several: bool = ..., ranking: _Optional[_Union[Ranking, _Mapping]] = ..., smaller_digest: _Optional[str] = ..., larger_photo_digest: _Optional[str] = ...) -> None: ...
