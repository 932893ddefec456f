"""What is climbed, and what scenes are compared by.

score = similarity - layout penalty                                  (higher is better)
similarity = (prompt * cos(picture, prompt)
              + keyphrases * sum_k share_k cos(picture, keyphrase_k)
              - negatives * sum_n weight_n max(0, cos(picture, negative_n)))
             / (prompt + keyphrases)                 each cosine a mean over the views shown
layout penalty = the terms of layout_terms.py, each times its weight
loss = -score + what holds the background to its anchor              (the climb only)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from collage.v1.composition_service_pb2 import Objective, SceneScore
from collage.v1.scene_pb2 import Gradient
from torch import Tensor

from inference.composition.gradient import gradient_at
from inference.composition.layout_terms import layout_terms
from inference.composition.painting import Painting
from inference.composition.scene_tensors import SceneTensors, stop_tensors
from inference.composition.sprites import Sprite
from inference.embedding.perceptor import Perceptor


@dataclass(frozen=True)
class LossWeights:
    """How much each term counts, in units of cosine. Good moves are worth 0.01 to 0.1 of it."""

    # The unit of all others.
    prompt: float = 1.0
    # The prompt alone is won by its easiest word; each phrase asks for itself. Half: it stays a picture of
    # the whole sentence.
    keyphrases: float = 0.5
    # As loud as a keyphrase, before the negative's own weight.
    negatives: float = 0.5
    # One of ten cut-outs wholly hidden costs 0.03, more than the perceptor gives for stacking them.
    hidden: float = 0.3
    # A cut-out of which nothing is seen costs more than any picture gains by it, so search and climb bury one
    # only where there is no other place. (Without this term the worst of twenty prompts showed 0.12 of one.)
    buried: float = 0.3
    # As hidden: what lies off the canvas is not seen either.
    off_canvas: float = 0.3
    # Milder: a far-away bird may be small.
    speck: float = 0.15
    # All in one half of the picture: 0.004; all at one edge: 0.07. Collages may lean, not topple.
    balance: float = 0.15
    # A cut side in mid-air is the ugliest thing people notice; in a tenth of the cut-outs it costs 0.03.
    border: float = 0.3
    # Brighter or darker by 0.1 costs 0.02, as much as a good move of a cut-out wins.
    background_pull: float = 2.0
    # Another hue by 0.1 costs four times that: a perceptor's gradient goes for hues (a temple's brown became
    # purple), while brightness alone seldom looks wrong.
    background_hue: float = 8.0
    # Neighboring stops that part from the anchor in opposite directions: noise has this, a mood has not.
    background_roughness: float = 1.0


DEFAULT_WEIGHTS = LossWeights()


@dataclass(frozen=True)
class Targets:
    """An objective as unit vectors."""

    prompt: Tensor  # (D,)
    keyphrases: Tensor  # (K, D)
    keyphrase_shares: Tensor  # (K,), sum 1
    negatives: Tensor  # (N, D)
    negative_weights: Tensor  # (N,)


@dataclass(frozen=True)
class Assessment:
    """How well one rendering of a scene does. `terms` sum to minus the score."""

    prompt_similarity: Tensor  # ()
    keyphrase_similarities: Tensor  # (K,)
    layout_penalty: Tensor  # ()
    terms: dict[str, Tensor]  # each ()

    @property
    def score(self) -> Tensor:
        return -sum_terms(self.terms)

    def to_message(self, model_name: str, model_digest: str) -> SceneScore:
        """For the wire, with the perceptor under which it holds."""
        return SceneScore(
            score=float(self.score),
            prompt_similarity=float(self.prompt_similarity),
            keyphrase_similarities=self.keyphrase_similarities.tolist(),
            layout_penalty=float(self.layout_penalty),
            model_name=model_name,
            model_digest=model_digest,
        )


def encode_objective(objective: Objective, perceptor: Perceptor) -> Targets:
    """The texts of an objective in the perceptor's space."""
    phrases, negatives = list(objective.keyphrases), list(objective.negatives)
    vectors = perceptor.encode_texts(
        [objective.prompt, *(phrase.text for phrase in phrases), *(negative.text for negative in negatives)]
    )
    weights = vectors.new_tensor([phrase.weight for phrase in phrases])
    return Targets(
        prompt=vectors[0],
        keyphrases=vectors[1 : 1 + len(phrases)],
        keyphrase_shares=weights / weights.sum().clamp_min(1e-12),
        negatives=vectors[1 + len(phrases) :],
        negative_weights=vectors.new_tensor([negative.weight for negative in negatives]),
    )


def assess(
    scene: SceneTensors,
    layers: Sequence[Sprite],
    painting: Painting,
    canvas_height: int,
    view_vectors: Tensor,
    targets: Targets,
    weights: LossWeights,
) -> Assessment:
    """Assesses a painting from the vectors (V, D) of its views; differentiable."""
    prompt = (view_vectors @ targets.prompt).mean()
    phrases = (view_vectors @ targets.keyphrases.T).mean(0)  # (K,)
    negatives = (view_vectors @ targets.negatives.T).mean(0).relu()  # (N,)
    unit = weights.prompt + (weights.keyphrases if len(phrases) else 0.0)
    similarity = {
        "prompt": -weights.prompt / unit * prompt,
        "keyphrases": -weights.keyphrases / unit * (targets.keyphrase_shares * phrases).sum(),
        "negatives": weights.negatives / unit * (targets.negative_weights * negatives).sum(),
    }
    layout = {
        name: getattr(weights, name) * term
        for name, term in layout_terms(scene, layers, painting, canvas_height).items()
    }
    penalty = sum_terms(layout) if layout else torch.zeros_like(prompt)
    return Assessment(prompt, phrases, penalty, {**similarity, **layout})


def background_terms(scene: SceneTensors, anchor: Tensor, weights: LossWeights) -> dict[str, Tensor]:
    """What holds the stop colors to the anchor's (K, 3): a perceptor's gradient alone makes color noise."""
    drift = scene.stop_colors - anchor  # (K, 3)
    brightness = drift.mean(1, keepdim=True)  # (K, 1)
    terms = {
        "background_pull": weights.background_pull * brightness.square().mean(),
        "background_hue": weights.background_hue * (drift - brightness).square().mean(),
    }
    if len(drift) > 2:
        bends = drift[2:] - 2 * drift[1:-1] + drift[:-2]  # (K - 2, 3)
        terms["background_roughness"] = weights.background_roughness * bends.square().mean()
    return terms


def anchor_colors(scene: SceneTensors, anchor: Gradient) -> Tensor:
    """(K, 3): the anchor's colors at the places of the scene's stops."""
    offsets, colors = stop_tensors(anchor)
    return gradient_at(offsets, colors, scene.stop_offsets)


def sum_terms(terms: dict[str, Tensor]) -> Tensor:
    """() sum in a fixed order."""
    return torch.stack([term.double() for term in terms.values()]).sum()
