"""The transfer code as an image."""

from __future__ import annotations

import io

import segno
from PIL import Image

QUIET_ZONE = 4  # modules, what ISO 18004 asks around a symbol
PIXELS_PER_MODULE = 6  # over 300 dpi at the printed size
# One mask for all codes: choosing the best of eight costs 8 ms and helps no reader.
FIXED_MASK = 2


def qr_png(payload: str) -> bytes:
    """Return the code (error level M) as a grey PNG with its quiet zone.

    An image and not vectors: a thousand little squares cost a fifth of a whole document.
    """
    code = segno.make_qr(payload, error="m", boost_error=False, mask=FIXED_MASK)
    side = len(code.matrix) + 2 * QUIET_ZONE
    modules = bytearray(b"\xff" * side * side)
    for row_index, row in enumerate(code.matrix, QUIET_ZONE):
        for column, module in enumerate(row, QUIET_ZONE):
            if module & 1:
                modules[row_index * side + column] = 0
    image = Image.frombytes("L", (side, side), bytes(modules))
    out = io.BytesIO()
    size = side * PIXELS_PER_MODULE
    image.resize((size, size), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()
