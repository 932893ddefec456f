import grpc
import pytest
from collage.v1.embedding_service_pb2 import (
    DescribeModelRequest,
    EncodeTextsRequest,
)

from tests.embedding.encoding_clients import (
    Sidecar,
)


def test_describes_the_perceptor_behind_it(sidecar: Sidecar) -> None:
    answer = sidecar.call("DescribeModel", DescribeModelRequest())
    assert (answer.dimension_count, answer.input_size_pixels) == (3, 8)
    assert (answer.model.name, answer.model.weights_are_random) == ("slow", True)


def test_texts_come_back_in_order(sidecar: Sidecar) -> None:
    answer = sidecar.call("EncodeTexts", EncodeTextsRequest(texts=["a" * n for n in range(1, 21)]))
    assert [list(embedding.values).index(1) for embedding in answer.embeddings] == [
        n % 3 for n in range(1, 21)
    ]
    assert answer.model.digest == "d" * 64


@pytest.mark.parametrize(
    ("texts", "complaint"),
    [
        ([], "Expected 1 to 256 texts for texts but received 0"),
        (["a"] * 257, "Expected 1 to 256 texts for texts but received 257"),
        (["a", " \n"], "Expected a text that is not empty for texts[1]"),
        (["a" * 1001], "Expected at most 1000 characters for texts[0] but received 1001"),
    ],
)
def test_bad_texts_are_refused_by_field(sidecar: Sidecar, texts: list[str], complaint: str) -> None:
    refusal = sidecar.refusal(texts)
    assert refusal.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert complaint in refusal.details()
