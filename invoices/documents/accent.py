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
from tenants.theme import readable_on_white

logger = logging.getLogger(__name__)

HOUSE_COLOUR = "#1e3a5f"
LOGO_BOX = (680, 240)  # pixels: 300 dpi at the largest printed size, 57 × 20 mm
MAX_PIXELS = 40_000_000
SAMPLE = (64, 64)  # pixels: enough to tell a logo's colour
PAINTS = 8
LEAST_COLOUR = 40  # between the strongest and the weakest channel: less is a grey
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
    return readable_on_white(colour).lower()


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


@lru_cache(maxsize=32)
def colour_of_logo(content: bytes) -> str | None:
    """Return the logo's most frequent colour, readable on white; None for a grey or broken one."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            small = image.convert("RGB")
            small.thumbnail(SAMPLE)
            painted = small.quantize(PAINTS).convert("RGB")
            counted = painted.getcolors(SAMPLE[0] * SAMPLE[1]) or []
    except BROKEN:
        return None
    for _count, channels in sorted(counted, reverse=True):
        red, green, blue = channels if isinstance(channels, tuple) else (0, 0, 0)
        if max(red, green, blue) - min(red, green, blue) >= LEAST_COLOUR:
            return readable_on_white(f"#{red:02x}{green:02x}{blue:02x}")
    return None
