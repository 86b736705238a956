"""A tenant's own colour, made readable: WCAG 2.2 contrast, pure arithmetic on `#RRGGBB`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from core.errors import DomainError
from core.errors import gettext_noop as _

VERSION = 1  # part of the address of the style sheet, which browsers keep for a year
READABLE = 4.5  # text on its ground (WCAG 1.4.3)
VISIBLE = 3.0  # a control on the page (WCAG 1.4.11)
LIGHT_PAGE = "#FFFFFF"
DARK_PAGE = "#1A1D21"
WHITE = "#FFFFFF"
BLACK = "#000000"
STEP = 0.04
HOVER = 0.16
SRGB_KNEE = 0.04045

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")


class InvalidColor(DomainError):
    """The text is not a colour of the form #RRGGBB."""


class UnreadableColor(DomainError):
    """A document's title in this colour could not be read on white paper."""


@dataclass(frozen=True, slots=True)
class Shade:
    """A coloured surface, its colour under the pointer, and the text that is readable on both."""

    ground: str
    hover: str
    text: str


def parse_color(text: str) -> str:
    """Return `#RRGGBB` in capitals, or raise InvalidColor."""
    if not _HEX.fullmatch(text.strip()):
        raise InvalidColor(_("“%(text)s” is not a colour such as #0F5A46."), text=text)
    return text.strip().upper()


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 (same) to 21 (black on white)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_on_white(color: str) -> str:
    """Return the colour, darkened just enough to be read on white paper (4.5:1)."""
    found = parse_color(color)
    while contrast(found, WHITE) < READABLE:
        found = "#" + "".join(f"{channel * 19 // 20:02X}" for channel in _channels(found))
    return found


def check_on_white(color: str) -> str:
    """Return `#RRGGBB` in capitals.

    Raises:
        InvalidColor: it is no colour.
        UnreadableColor: it is too pale for a document; its sentence proposes one that is not.
    """
    found = parse_color(color)
    if contrast(found, WHITE) < READABLE:
        raise UnreadableColor(
            _(
                "%(color)s is too pale to be read on white paper (a contrast of %(ratio)s to 1,"
                " 4.5 is needed). The nearest that can be read is %(proposed)s."
            ),
            color=found,
            ratio=Decimal(f"{contrast(found, WHITE):.1f}"),
            proposed=readable_on_white(found),
        )
    return found


def shade_on(color: str, page: str) -> Shade:
    """Return the colour, moved away from the page until it is visible, with its text.

    White or black is always readable: one of the two reaches 4.58 on any colour.
    """
    away = BLACK if contrast(page, BLACK) > contrast(page, WHITE) else WHITE
    ground = parse_color(color)
    share = 0.0
    while contrast(ground, page) < VISIBLE:
        share += STEP
        ground = _mix(parse_color(color), away, min(share, 1.0))
    text = WHITE if contrast(ground, WHITE) >= READABLE else BLACK
    hover = _mix(ground, BLACK if text == WHITE else WHITE, HOVER)
    return Shade(ground, hover, text)


def theme_css(color: str) -> str:
    """Return the style sheet that gives the client's pages the tenant's colour."""
    light = _declarations(shade_on(color, LIGHT_PAGE))
    dark = _declarations(shade_on(color, DARK_PAGE))
    return (
        f":root{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f":root[data-theme=dark]{{{dark}}}\n"
    )


def _declarations(shade: Shade) -> str:
    return f"--tenant:{shade.ground};--tenant-hover:{shade.hover};--on-tenant:{shade.text}"


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    # sRGB, IEC 61966-2-1
    return value / 12.92 if value <= SRGB_KNEE else float(((value + 0.055) / 1.055) ** 2.4)


def _mix(color: str, other: str, share: float) -> str:
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)
