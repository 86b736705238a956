"""What a transfer needs to be recognised: RF reference (ISO 11649) and EPC QR code."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import segno
from PIL import Image
from stdnum import iso11649

from core.errors import DomainError
from core.errors import gettext_noop as _
from core.money import round_cents

EPC_MAX_BYTES = 331
EPC_MAX_NAME = 70
EPC_LEAST = Decimal("0.01")
EPC_MOST = Decimal("999999999.99")
RF_MAX_BODY = 21
PIXELS_PER_MODULE = 6  # over 300 dpi at the printed size
QUIET_ZONE = 4  # modules, what ISO 18004 asks around a symbol
# One mask for all codes: choosing the best of eight costs 8 ms and helps no reader.
FIXED_MASK = 2


class NotTransferable(DomainError):
    """A transfer code cannot be made for this amount, name or reference."""


def rf_reference(number: str) -> str:
    """Return the ISO 11649 creditor reference of a document number.

    Separators are dropped: `F-2026-0042` gives `RF69F20260042`. Refuses a number without any
    letter or digit, or with more than 21 of them.
    """
    body = re.sub(r"[^0-9A-Za-z]", "", number).upper()
    if not 0 < len(body) <= RF_MAX_BODY:
        raise NotTransferable(
            _("“%(number)s” cannot be made into a payment reference."), number=number
        )
    digits = "".join(str(int(char, 36)) for char in f"{body}RF00")
    return f"RF{98 - int(digits) % 97:02d}{body}"


def epc_payload(
    *, account_holder: str, iban: str, amount: Decimal, reference: str, bic: str = ""
) -> str:
    """Return the text of an EPC069-12 (version 002) transfer code, in euros.

    A valid RF reference goes into the structured field, anything else into the free text.
    The name is cut at 70 characters, the BIC may be empty inside the EEA.
    """
    rounded = round_cents(amount)
    if not EPC_LEAST <= rounded <= EPC_MOST:
        raise NotTransferable(_("A transfer of %(amount)s € cannot be coded."), amount=amount)
    structured = iso11649.is_valid(reference)
    fields = (
        "BCD",
        "002",
        "1",
        "SCT",
        bic,
        " ".join(account_holder.split())[:EPC_MAX_NAME].rstrip(),
        iban.replace(" ", ""),
        f"EUR{rounded:f}",
        "",
        reference if structured else "",
        "" if structured else reference,
    )
    payload = "\n".join(fields).rstrip("\n")
    if len(payload.encode()) > EPC_MAX_BYTES:
        raise NotTransferable(_("The transfer code would be too long."))
    return payload


def qr_png(payload: str) -> bytes:
    """Return the code as a grey PNG with its quiet zone, whole pixels per module.

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
