"""Files that clients send: a picture or a PDF, whatever the name says, and nothing that runs."""

from __future__ import annotations

import io
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from core.errors import DomainError

LARGEST: Final = 5 * 1024 * 1024
MOST_PIXELS: Final = 60_000_000
_MEDIA = {"PNG": ("image/png", ".png"), "JPEG": ("image/jpeg", ".jpg")}


class NotAProof(DomainError):
    """The file is not one that can be kept."""


def read_proof(upload: UploadedFile) -> tuple[bytes, str, str]:
    """Return the bytes, the media type and the ending of a PDF, a PNG or a JPEG.

    Raises:
        NotAProof: too large, empty, or anything else.
    """
    if (upload.size or 0) > LARGEST:
        raise NotAProof(_("The file has more than 5 MB."))
    content = bytes(upload.read(LARGEST + 1))
    if content.startswith(b"%PDF-"):
        return content, "application/pdf", ".pdf"
    try:
        with Image.open(io.BytesIO(content), formats=list(_MEDIA)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NotAProof(_("The picture is too large."))
            picture.verify()
            media_type, ending = _MEDIA[str(picture.format)]
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise NotAProof(_("Send a PDF, a PNG or a JPEG picture.")) from error
    return content, media_type, ending
