"""Translations without system gettext: Babel reads the code, Django's own lexer the templates."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

APPS = (
    "config", "core", "legal", "tenants", "clients",
    "invoices", "payments", "dunning", "portal", "reports",
)  # fmt: skip
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
NOTES = ("Translators:",)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
# What a French typesetter would correct: a typewriter apostrophe, a breaking space before a mark.
FRENCH_FAULT = re.compile(r"\w'\w| [;:!?»]|« |\w[;:!?](?=\s|$)")
HEADER = "# The French of Échéance. Merged by extract_translations, translated by hand."
# Header lines that would change with every run, or say nothing.
VOLATILE = (
    '"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Language-Team',
    '"Report-Msgid-Bugs-To', '"Project-Id-Version',
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence that readers of a language would not get right, and why."""

    text: str
    why: str

    def __str__(self) -> str:
        return f"{self.why}: {self.text!r}"


def po_path(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def extract_catalog(root: Path) -> Catalog:
    """Return every sentence of the code and the templates, where it stands, in English."""
    catalog = Catalog(charset="utf-8")
    for path in _sources(root):
        for _line, text, notes, context in extract(
            "python", _as_python(path), KEYWORDS, NOTES, strip_comment_tags=True
        ):
            name = path.relative_to(root).as_posix()
            catalog.add(text, locations=[(name, 0)], auto_comments=notes, context=context)
    return catalog


def merge(root: Path, language: str) -> tuple[Catalog, set[str]]:
    """Bring the .po up to date: new sentences in, old translations kept, obsolete ones dropped.

    Returns the catalogue and the sentences that were dropped.
    """
    template = extract_catalog(root)
    catalog = read_catalog(root, language)
    catalog.update(template, no_fuzzy_matching=True)
    dropped = {_text(message) for message in catalog.obsolete.values()}
    catalog.obsolete.clear()
    catalog.header_comment, catalog.fuzzy = HEADER, False
    _write(po_path(root, language), catalog)
    return catalog, dropped


def check(root: Path, language: str) -> list[Problem]:
    """Return what is missing, doubtful, unused, or has other placeholders than the English."""
    template, catalog = extract_catalog(root), read_catalog(root, language)
    problems = [
        Problem(_text(message), why)
        for message in template
        if message.id
        for why in _faults(message, catalog.get(message.id, message.context), language)
    ]
    unused = [
        Problem(_text(message), "no longer in the code")
        for message in catalog
        if message.id and template.get(message.id, message.context) is None
    ]
    return problems + unused


def compile_catalogs(root: Path) -> list[Path]:
    """Write the .mo of each .po that is newer than its .mo, whole or not at all."""
    written = []
    for source in sorted((root / "locale").glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        buffer = io.BytesIO()
        write_mo(buffer, read_catalog(root, source.parent.parent.name))
        _replace(target, buffer.getvalue())
        written.append(target)
    return written


def is_translated(message: Message) -> bool:
    """Whether each form of the sentence has a translation."""
    forms = _forms(message.string)
    return bool(forms) and all(forms)


def read_catalog(root: Path, language: str) -> Catalog:
    """Return the translations of a language; an empty catalogue when it has none yet."""
    path = po_path(root, language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def _sources(root: Path) -> Iterator[Path]:
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for kind in ("*.html", "*.txt"):
        yield from sorted((root / "templates").rglob(kind))


def _as_python(path: Path) -> io.BytesIO:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What is left of a template is no Python: without its indentation Babel can read it.
        lines = templatize(text, origin=str(path)).splitlines()
        text = "\n".join(line.strip() for line in lines) + "\n"
    return io.BytesIO(text.encode())


def _faults(message: Message, found: Message | None, language: str) -> Iterator[str]:
    strings = _forms(found.string) if found else ()
    if found is None or not is_translated(found):
        yield "missing"
        return
    if found.fuzzy:
        yield "doubtful (fuzzy)"
    wanted = [_placeholders(form) for form in _forms(message.id)]
    allowed, required = set().union(*wanted), set.intersection(*wanted)
    for string in strings:
        if not required <= _placeholders(string) <= allowed:
            yield "other placeholders"
        if language == "fr" and FRENCH_FAULT.search(_spoken(string)):
            yield f"typography of {string!r}"


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """The singular and the plural, the only form, or none."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def _placeholders(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(text)}


def _spoken(text: str) -> str:
    """The words alone: tags, addresses and placeholders are not set by a typesetter."""
    return re.sub(r"<[^>]*>|https?://\S+|%\(\w+\)[sd]", "x", text)


def _text(message: Message) -> str:
    return _forms(message.id)[0]


def _write(path: Path, catalog: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, sort_output=True, include_lineno=False)
    kept = [
        line
        for line in buffer.getvalue().decode().splitlines(keepends=True)
        if not line.startswith(VOLATILE)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, "".join(kept).encode())


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)
