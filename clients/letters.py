"""Writing an email: a text and an HTML template per language, in the tenant's frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import get_template
from django.utils import translation

from clients.kinds import Rendered
from clients.models import Person
from clients.senders import letterhead_in_use
from tenants.models import StoredFile
from tenants.scope import current_tenant
from tenants.theme import LIGHT_PAGE, shade_on


def write_letter(
    *,
    template: str,
    language: str,
    context: Mapping[str, Any],
    person: Person | None = None,
    attachments: Sequence[tuple[StoredFile, str]] = (),
) -> Rendered:
    """Render `<template>_<language>.txt` and `.html`, which extend `emails/layout.*`.

    The first line of the text is the subject (block `subject` of the layout). The frame adds to
    the context: `tenant`, `business` (may be None), `letterhead`, `shade` (the tenant's colour with
    the text readable on it), `language` and, for the HTML, `subject`.

    `template` is a name without language and ending, `emails/dunning/reminder`.
    """
    tenant = current_tenant()
    letterhead = letterhead_in_use()
    frame = {
        **context,
        "tenant": tenant,
        "business": letterhead.business,
        "letterhead": letterhead,
        "shade": shade_on(tenant.color, LIGHT_PAGE),
        "language": language,
    }
    with translation.override(language):
        whole = get_template(f"{template}_{language}.txt").render(frame)
        subject, _line, text = whole.strip().partition("\n")
        frame["subject"] = subject.strip()
        html = get_template(f"{template}_{language}.html").render(frame)
    return Rendered(
        subject=subject.strip(),
        text=text.strip() + "\n",
        html=html,
        person=person,
        attachments=attachments,
    )
