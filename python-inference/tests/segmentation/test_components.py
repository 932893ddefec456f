import numpy as np

from inference.segmentation.components import salient_components


def test_components_come_largest_first_and_never_overlap() -> None:
    saliency = np.zeros((320, 320), np.float32)
    saliency[20:60, 20:60] = 0.9
    saliency[100:200, 100:200] = 0.8
    saliency[100:200, 200:206] = 0.3  # soft edge between the two
    saliency[100:200, 206:240] = 0.7
    components = salient_components(saliency)
    assert [round(component.score, 3) for component in components] == [0.8, 0.7, 0.9]
    assert np.count_nonzero(sum((component.soft > 0).astype(int) for component in components) > 1) == 0


def test_the_soft_edge_is_kept_and_what_lies_beyond_is_not() -> None:
    saliency = np.full((320, 320), 0.1, np.float32)
    saliency[100:150, 100:150] = 1
    (component,) = salient_components(saliency)
    assert component.soft[98, 120] == np.float32(0.1)
    assert component.soft[90, 120] == 0
    assert component.area_fraction == 2500 / 320**2


def test_specks_are_dropped() -> None:
    saliency = np.zeros((320, 320), np.float32)
    saliency[10:27, 10:27] = 1  # 0.28 % of the map
    assert salient_components(saliency) == []
    saliency[10:28, 10:28] = 1  # 0.32 %
    assert len(salient_components(saliency)) == 1


def test_an_empty_map_has_none() -> None:
    assert salient_components(np.zeros((320, 320), np.float32)) == []
