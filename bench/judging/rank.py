"""Would one guess the prompt from the picture? The true one among a hundred."""

import json
import random
from functools import lru_cache
from pathlib import Path

from torch import Tensor

from inference.embedding.perceptor import Perceptor
from judging.lift import see

PROMPTS = Path(__file__).resolve().parents[1] / "prompts.json"
CANDIDATE_COUNT = 100


def reciprocal_rank(picture: Tensor, prompt: str, perceptor: Perceptor) -> float:
    """1 where no other of the hundred prompts is nearer to the (3, H, W) picture, 1/2 where one is, ...

    `prompt` is one that bench/prompts.json has for tuning or reporting.
    """
    vectors = perceptor.encode_texts(list(candidates()))  # (100, D)
    similarities = vectors @ see([picture], perceptor)[0]  # (100,)
    return 1 / (1 + int((similarities > similarities[candidates().index(prompt)]).sum()))


@lru_cache(1)
def candidates() -> tuple[str, ...]:
    """The prompts to tune and report on, and new ones of two or three of their keyphrases to make 100."""
    rows = [row for row in json.loads(PROMPTS.read_text()) if row["set"] in ("tuning", "reporting")]
    prompts = [row["prompt"] for row in rows]
    draw = random.Random("rivals")
    while len(prompts) < CANDIDATE_COUNT:
        phrases = [draw.choice(row["keyphrases"]) for row in draw.sample(rows, draw.choice([2, 3]))]
        rival = " and ".join(phrases)
        if len(set(phrases)) == len(phrases) and rival not in prompts:
            prompts.append(rival)
    return tuple(prompts)
