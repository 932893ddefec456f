"""Which models there are to be had, and what is known of them beforehand."""

from dataclasses import dataclass, field

DEFAULT_CLIP_MODEL = "openai/clip-vit-base-patch32"
# mmdetection's own metafile names it: R50, GCB, SyncBN, the article's. The tail of an OpenMMLab file name is
# the start of the file's SHA-256.
DEFAULT_GROIE_ADDRESS = (
    "https://download.openmmlab.com/mmdetection/v2.0/groie/"
    "mask_rcnn_r50_fpn_syncbn-backbone_r4_gcb_c3-c5_groie_1x_coco/"
    "mask_rcnn_r50_fpn_syncbn-backbone_r4_gcb_c3-c5_groie_1x_coco_20200604_211715-42eb79e1.pth"
)


@dataclass(frozen=True)
class CatalogEntry:
    """A model as people know it."""

    name: str
    # "perceptor" or "segmenter".
    role: str
    purpose: str
    license: str
    # Of what `get` downloads, for people.
    size: str = ""


CLIP = CatalogEntry(
    "clip",
    "perceptor",
    "sees nearly everything that has a name: people, styles, moods",
    "MIT (the CLIP repository's)",
    "605 MB (ViT-B/32)",
)
STARTER = CatalogEntry(
    "starter", "perceptor", "knows ImageNet's nouns; comes inside packages", "Apache-2.0 and MIT"
)
GROIE = CatalogEntry(
    "groie",
    "segmenter",
    "cuts each object of COCO's 80 classes apart",
    "Apache-2.0 (mmdetection); trained on COCO",
    "about 193 MB",
)
U2NETP = CatalogEntry(
    "u2netp", "segmenter", "cuts what stands out, of any class; comes inside a package", "Apache-2.0"
)
# In the order of the list; those of one role best first, as `auto` prefers them.
CATALOG = {entry.name: entry for entry in (CLIP, STARTER, GROIE, U2NETP)}
# Those that `get` fetches; the others come with the packages of `npm run setup`.
FETCHED = (CLIP.name, GROIE.name)


@dataclass(frozen=True)
class HubPin:
    """One state of a hub repository: its commit and the SHA-256 of files in it."""

    revision: str
    sha256: dict[str, str] = field(default_factory=dict)


# Not fetched here, but named alike by a dozen independent public repositories that pin them.
HUB_PINS = {
    DEFAULT_CLIP_MODEL: HubPin(
        "3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268",
        {"pytorch_model.bin": "a63082132ba4f97a80bea76823f544493bffa8082296d62d71581a4feff1576f"},
    )
}
