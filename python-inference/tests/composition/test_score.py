"""Scores: repeatable, comparable, the same in any company."""

from collage.v1.composition_service_pb2 import Objective, WeightedText

from inference.composition.loss import encode_objective
from inference.composition.scene_tensors import scene_to_tensors
from inference.composition.score import BATCH_SIZE, score_scenes


def objective() -> Objective:
    return Objective(prompt="blobs", keyphrases=[WeightedText(text="a blob", weight=1)])


def scores_of(scenes, sprites, perceptor, view_count=1, seed=0):
    targets = encode_objective(objective(), perceptor)
    tensors = [scene_to_tensors(scene) for scene in scenes]
    groups = list(score_scenes(tensors, sprites, targets, perceptor, view_count, seed))
    return [score.SerializeToString(deterministic=True) for group in groups for score in group]


def scenes(make_scene, count: int):
    return [
        make_scene((0.1 + 0.8 * index / count, 0.5, 0.3), (0.5, 0.3 + 0.05 * index, 0.2), aspect_ratio=1.3)
        for index in range(count)
    ]


def test_scores_come_in_the_order_of_the_scenes(make_scene, blobs, sprite_set, tiny_perceptor) -> None:
    sprites, many = sprite_set(*blobs(2)), scenes(make_scene, 11)
    forward = scores_of(many, sprites, tiny_perceptor)
    assert len(set(forward)) == 11
    assert scores_of(many[::-1], sprites, tiny_perceptor) == forward[::-1]


def test_a_score_does_not_depend_on_the_company(make_scene, blobs, sprite_set, tiny_perceptor) -> None:
    sprites, many = sprite_set(*blobs(2)), scenes(make_scene, 5)
    for view_count in (1, 3):
        together = scores_of(many, sprites, tiny_perceptor, view_count)
        alone = [scores_of([scene], sprites, tiny_perceptor, view_count)[0] for scene in many]
        assert together == alone


def test_scenes_of_different_shapes_score_together(make_scene, blobs, sprite_set, tiny_perceptor) -> None:
    shapes = [make_scene((0.1, 0.5, 0.3), aspect_ratio=ratio) for ratio in (0.1, 1.0, 10.0)]
    assert len(scores_of([*shapes, make_scene()], sprite_set(*blobs(1)), tiny_perceptor, 2)) == 4


def test_every_pass_is_a_full_batch(make_scene, blobs, sprite_set, tiny_perceptor) -> None:
    scores_of(scenes(make_scene, 3), sprite_set(*blobs(2)), tiny_perceptor, view_count=1)
    assert tiny_perceptor.encoded_picture_count == BATCH_SIZE


def test_work_is_done_only_as_it_is_asked_for(make_scene, blobs, sprite_set, tiny_perceptor) -> None:
    targets = encode_objective(objective(), tiny_perceptor)
    tensors = [scene_to_tensors(scene) for scene in scenes(make_scene, 40)]
    groups = score_scenes(tensors, sprite_set(*blobs(2)), targets, tiny_perceptor, 1, 0)
    assert len(next(groups)) == BATCH_SIZE
    assert tiny_perceptor.encoded_picture_count == BATCH_SIZE


def test_a_seed_draws_other_crops(make_scene, blobs, sprite_set, tiny_perceptor) -> None:
    sprites, one = sprite_set(*blobs(2)), scenes(make_scene, 1)
    assert scores_of(one, sprites, tiny_perceptor, 4, 1) == scores_of(one, sprites, tiny_perceptor, 4, 1)
    assert scores_of(one, sprites, tiny_perceptor, 4, 1) != scores_of(one, sprites, tiny_perceptor, 4, 2)
