"""Encoded pictures in and out: bounded, strict about formats, never a surprise mode."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.errors import PictureUnreadable

MEBIBYTE = 1024 * 1024
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
# zlib level 1: a 1 megapixel cut-out in 30 ms instead of 200, a tenth larger.
PNG_COMPRESS_LEVEL = 1

# PIL's own guard only warns up to 179 megapixels; _decode checks every header against its caller's limit.
Image.MAX_IMAGE_PIXELS = None


def decode_rgb(data: bytes, max_bytes: int, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """JPEG, PNG or WebP -> (H, W, 3) uint8 sRGB; transparent parts show white.

    Convention: rows from the top, channels R, G, B. EXIF orientation and color profiles are ignored:
    the protos ask for oriented sRGB. Of an animation, the first frame. The array is
    the caller's own (writable: torch warns about others). Raises PictureUnreadable.
    """
    picture = _decode(data, max_bytes, max_pixels)
    if picture.mode == "RGB":
        return np.array(picture)
    white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    return np.array(Image.alpha_composite(white, picture).convert("RGB"))


def decode_rgba(data: bytes, max_bytes: int, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """JPEG, PNG or WebP -> (H, W, 4) uint8 sRGB with straight alpha, 255 where there is none.

    Convention: as `decode_rgb`; alpha is straight (not premultiplied). Raises PictureUnreadable.
    """
    return np.array(_decode(data, max_bytes, max_pixels).convert("RGBA"))


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """(H, W, 3) sRGB or (H, W, 4) sRGB with straight alpha -> PNG; same array, same bytes."""
    encoded = io.BytesIO()
    Image.fromarray(picture).save(encoded, "PNG", compress_level=PNG_COMPRESS_LEVEL)
    return encoded.getvalue()


def _decode(data: bytes, max_bytes: int, max_pixels: int) -> Image.Image:
    """The picture in mode RGB or RGBA; its size is checked from the header, before any pixel is."""
    if not data:
        raise PictureUnreadable("Expected JPEG, PNG or WebP for picture but received no bytes")
    if len(data) > max_bytes:
        raise PictureUnreadable(
            f"Expected at most {max_bytes // MEBIBYTE} MiB for picture but received {len(data)} bytes"
        )
    # PIL's plugins fail in many ways on damaged bytes: OSError, ValueError, SyntaxError, struct.error, ...
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:
        raise PictureUnreadable(
            "Expected JPEG, PNG or WebP for picture but received something else"
        ) from error
    if picture.width * picture.height > max_pixels:
        raise PictureUnreadable(
            f"Expected at most {max_pixels} pixels for picture but received "
            f"{picture.width} x {picture.height}"
        )
    try:
        picture.load()
    except Exception as error:
        raise PictureUnreadable(
            f"Expected a whole picture but it is damaged or cut short ({error})"
        ) from error
    return _plain_mode(picture)


def _plain_mode(picture: Image.Image) -> Image.Image:
    """Any mode PIL decodes to -> RGB, or RGBA where there is alpha."""
    if picture.mode.startswith("I"):
        # 16-bit grey: PIL's own conversion clips at 255 instead of scaling, all turns white.
        high_bytes = (np.asarray(picture).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
        return Image.fromarray(high_bytes).convert("RGB")
    if picture.mode == "RGB" and "transparency" not in picture.info:
        return picture  # convert would copy it
    has_alpha = picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
    return picture.convert("RGBA" if has_alpha else "RGB")
