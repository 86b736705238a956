"""The demo tenant's logo, drawn: no picture file has to be kept."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

WIDTH, HEIGHT, SCALE = 480, 160, 4


def draw_logo(color: str) -> bytes:
    """A PNG: three boards and a plumb line in the given colour (`#RRGGBB`) on nothing."""
    image = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for place, height in enumerate((120, 88, 56)):
        left = (24 + place * 56) * SCALE
        box = (left, (140 - height) * SCALE, left + 40 * SCALE, 140 * SCALE)
        pen.rounded_rectangle(box, radius=6 * SCALE, fill=color)
    pen.line((220 * SCALE, 20 * SCALE, 220 * SCALE, 120 * SCALE), fill=color, width=4 * SCALE)
    tip = ((208 * SCALE, 112 * SCALE), (232 * SCALE, 112 * SCALE), (220 * SCALE, 144 * SCALE))
    pen.polygon(tip, fill=color)
    out = io.BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
