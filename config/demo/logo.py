"""The demo businesses' logos, drawn: no picture file has to be kept."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

WIDTH, HEIGHT, SCALE = 480, 160, 4


def draw_logo(color: str, mark: str = "boards") -> bytes:
    """A PNG: one of `MARKS` in the given colour (`#RRGGBB`) on nothing."""
    image = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE), (0, 0, 0, 0))
    MARKS[mark](ImageDraw.Draw(image), color)
    out = io.BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _boards(pen: ImageDraw.ImageDraw, color: str) -> None:
    """Three boards and a plumb line."""
    for place, height in enumerate((120, 88, 56)):
        left = (24 + place * 56) * SCALE
        box = (left, (140 - height) * SCALE, left + 40 * SCALE, 140 * SCALE)
        pen.rounded_rectangle(box, radius=6 * SCALE, fill=color)
    pen.line((220 * SCALE, 20 * SCALE, 220 * SCALE, 120 * SCALE), fill=color, width=4 * SCALE)
    tip = ((208 * SCALE, 112 * SCALE), (232 * SCALE, 112 * SCALE), (220 * SCALE, 144 * SCALE))
    pen.polygon(tip, fill=color)


def _petals(pen: ImageDraw.ImageDraw, color: str) -> None:
    """Five petals around a clear heart."""
    middle = (80, 80)
    for across, down in ((0, -44), (42, -14), (26, 36), (-26, 36), (-42, -14)):
        _disc(pen, middle[0] + across, middle[1] + down, 28, color)
    _disc(pen, *middle, 14, (0, 0, 0, 0))


def _loaves(pen: ImageDraw.ImageDraw, color: str) -> None:
    """Three loaves on a peel, each scored once."""
    for place in range(3):
        left = 24 + place * 76
        box = (left * SCALE, 44 * SCALE, (left + 60) * SCALE, 108 * SCALE)
        pen.rounded_rectangle(box, radius=30 * SCALE, fill=color)
        cut = ((left + 18) * SCALE, 88 * SCALE, (left + 42) * SCALE, 62 * SCALE)
        pen.line(cut, fill=(0, 0, 0, 0), width=6 * SCALE)
    pen.rounded_rectangle(
        (16 * SCALE, 120 * SCALE, 244 * SCALE, 130 * SCALE), radius=5 * SCALE, fill=color
    )


def _disc(
    pen: ImageDraw.ImageDraw,
    across: int,
    down: int,
    radius: int,
    color: str | tuple[int, int, int, int],
) -> None:
    box = [(across - radius), (down - radius), (across + radius), (down + radius)]
    pen.ellipse([each * SCALE for each in box], fill=color)


MARKS: dict[str, Callable[[ImageDraw.ImageDraw, str], None]] = {
    "boards": _boards,
    "petals": _petals,
    "loaves": _loaves,
}
