"""The tenant's own colour and logo, made fit for an accessible, archivable page."""

from __future__ import annotations

import io
import logging
import re
import struct
import zlib
from functools import lru_cache

from PIL import Image, UnidentifiedImageError

from core.errors import DomainError
from core.errors import gettext_noop as _

logger = logging.getLogger(__name__)

HOUSE_COLOUR = "#1e3a5f"
LEAST_CONTRAST = 4.5  # WCAG 2.2 AA, text on white
LOGO_BOX = (680, 240)  # pixels: 300 dpi at the largest printed size, 57 × 20 mm
MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP")
END_OF_JPEG = b"\xff\xd9"
# what Pillow raises of a file that is not what it says (SyntaxError: a PNG with a wrong chunk)
BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    struct.error,
    zlib.error,
)


class UnreadableLogo(DomainError):
    """The uploaded file is not an image we can print."""


@lru_cache(maxsize=256)
def readable_colour(colour: str) -> str:
    """Return the colour, darkened just enough to be read on white (4.5:1).

    Anything that is not `#rrggbb` gives the house's ink blue.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return HOUSE_COLOUR
    channels = [int(colour[index : index + 2], 16) for index in (1, 3, 5)]
    while _contrast_on_white(channels) < LEAST_CONTRAST:
        channels = [channel * 19 // 20 for channel in channels]
    return "#{:02x}{:02x}{:02x}".format(*channels)


@lru_cache(maxsize=32)
def normalise_logo(content: bytes) -> bytes:
    """Return the logo as an RGB PNG of printable size on white, or raise UnreadableLogo.

    PDF/A allows no CMYK beside an sRGB intent. Meant for the moment of upload; a logo that
    went through once looks the same after a second time.
    """
    try:
        _check_whole(content)
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnreadableLogo(_("This image is too large; 4,000 pixels wide is plenty."))
            image.thumbnail(LOGO_BOX)
            paper = Image.new("RGBA", image.size, "white")
            paper.alpha_composite(image.convert("RGBA"))
            out = io.BytesIO()
            paper.convert("RGB").save(out, "PNG")
    except BROKEN as error:
        raise UnreadableLogo(_("This file is not a PNG, JPEG or WebP image.")) from error
    return out.getvalue()


def _check_whole(content: bytes) -> None:
    """Refuse a file that was cut: where WeasyPrint is loaded, Pillow fills such images up."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        kind = image.format
        image.verify()
    if kind == "JPEG" and END_OF_JPEG not in content:
        raise UnreadableLogo(_("This file is not a PNG, JPEG or WebP image."))


def printable_logo(content: bytes) -> bytes | None:
    """Return the logo ready to print, or None when it is broken: a document must come out."""
    try:
        return normalise_logo(content)
    except UnreadableLogo:
        logger.warning("A stored logo cannot be read; the seller's name is printed instead")
        return None


def _contrast_on_white(channels: list[int]) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for value in (channel / 255 for channel in channels)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)
