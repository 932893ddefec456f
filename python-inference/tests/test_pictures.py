import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from inference.errors import PictureUnreadable
from inference.pictures import MEBIBYTE, decode_rgb, decode_rgba, encode_png


def _encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, form, **options)
    return encoded.getvalue()


def _png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds a few compressed zeros: 70 bytes, gigabytes when decoded."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


RED = Image.new("RGB", (6, 4), (255, 0, 0))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_three_formats_decode_to_rows_of_rgb(form: str) -> None:
    photo = decode_rgb(_encoded(RED, form), MEBIBYTE)
    assert (photo.shape, photo.dtype) == ((4, 6, 3), np.uint8)
    assert np.abs(photo.astype(int) - [255, 0, 0]).max() <= 3


@pytest.mark.parametrize(("width", "height"), [(30000, 30000), (12000, 8000), (7072, 7072)])
def test_a_bomb_is_refused_by_its_header(width: int, height: int) -> None:
    with pytest.raises(PictureUnreadable, match="Expected at most 50000000 pixels"):
        decode_rgb(_png_header(width, height), MEBIBYTE)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_picture_is_refused(form: str) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    data = _encoded(noise, form)
    with pytest.raises(PictureUnreadable):
        decode_rgb(data[: len(data) // 2], MEBIBYTE)


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        b"not a picture",
        _encoded(RED, "GIF"),
        _encoded(RED, "TIFF"),
        _encoded(RED, "BMP"),
    ],
    ids=["svg", "text", "gif", "tiff", "bmp"],
)
def test_other_formats_are_refused_whatever_their_name(data: bytes) -> None:
    with pytest.raises(PictureUnreadable, match="Expected JPEG, PNG or WebP for picture"):
        decode_rgb(data, MEBIBYTE)


def test_no_bytes_and_too_many_bytes_are_refused() -> None:
    with pytest.raises(PictureUnreadable, match="received no bytes"):
        decode_rgb(b"", MEBIBYTE)
    with pytest.raises(PictureUnreadable, match="at most 1 MiB for picture but received 1048577 bytes"):
        decode_rgb(bytes(MEBIBYTE + 1), MEBIBYTE)


def test_16_bit_grey_is_scaled_not_clipped() -> None:
    grey = Image.fromarray(np.full((4, 6), 0x8000, np.uint16))
    assert (decode_rgb(_encoded(grey, "PNG"), MEBIBYTE) == 128).all()


def test_cmyk_jpeg_keeps_its_color() -> None:
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    red, green, blue = decode_rgb(_encoded(cyan, "JPEG"), MEBIBYTE)[8, 8].astype(int)
    assert red < 40
    assert green > 150
    assert blue > 150


def test_grey_becomes_three_equal_channels() -> None:
    assert (decode_rgb(_encoded(Image.new("L", (6, 4), 77), "PNG"), MEBIBYTE) == 77).all()


def test_palette_with_transparency_keeps_its_alpha() -> None:
    palette = Image.new("P", (6, 4), 1)
    palette.putpalette([0, 0, 0, 0, 255, 0])
    palette.putpixel((0, 0), 0)
    data = _encoded(palette, "PNG", transparency=0)
    cutout = decode_rgba(data, MEBIBYTE)
    assert cutout[0, 0, 3] == 0
    assert tuple(cutout[1, 1]) == (0, 255, 0, 255)


def test_transparent_parts_of_a_photo_show_white() -> None:
    half = Image.new("RGBA", (6, 4), (255, 0, 0, 0))
    assert (decode_rgb(_encoded(half, "PNG"), MEBIBYTE) == 255).all()


def test_a_picture_without_alpha_is_opaque() -> None:
    assert (decode_rgba(_encoded(RED, "PNG"), MEBIBYTE) == [255, 0, 0, 255]).all()


def test_convention_straight_alpha_survives_a_round_trip_to_the_bit() -> None:
    cutout = np.random.default_rng(1).integers(0, 256, (9, 7, 4), np.uint8)
    assert (decode_rgba(encode_png(cutout), MEBIBYTE) == cutout).all()
    assert encode_png(cutout) == encode_png(cutout)
