"""Frozen data in, PDF bytes out: PDF/A-3a and PDF/UA-1 in one file, the same bytes every time.

Runs in a worker or a web process alike: no database, no settings, no network. WeasyPrint takes
0.6 s to import, so this module is imported where documents are made and `warm_up` is called
when a worker starts.
"""

from __future__ import annotations

import gc
import hashlib
import io
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from django.template import Context, Engine
from weasyprint import CSS, Attachment
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from invoices.documents.accent import printable_logo, readable_colour
from invoices.documents.data import DocumentData, LetterData, PaymentBlock, Seller
from invoices.documents.glyphs import printable
from invoices.documents.letter import letter_context
from invoices.documents.plan import PlanData, plan_context
from invoices.documents.present import invoice_context
from invoices.documents.press import OwnPage
from invoices.documents.qr import qr_png
from invoices.documents.xmp import PDF_UA, XmpSchema, finisher

ROOT = Path(__file__).resolve().parents[2]
STYLES = ROOT / "static" / "documents"
LOGO_URL = "document:logo"
CODE_URL = "document:code"
VARIANT = "pdf/a-3a"

# Pango's font map may not be used by two threads at once.
_press_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file carried inside the PDF, `relationship` as PDF/A-3 names it."""

    name: str
    content: bytes
    relationship: Literal["Source", "Data", "Alternative", "Supplement"]
    description: str


def render_invoice(
    data: DocumentData,
    *,
    attachments: Sequence[EmbeddedFile] = (),
    schemas: Sequence[XmpSchema] = (),
) -> bytes:
    """Return an invoice, credit note or corrective invoice as PDF/A-3a + PDF/UA-1.

    The same data gives the same bytes on the same installation. `attachments` go inside the
    file, `schemas` into its metadata: a Factur-X invoice is one of each.
    """
    page = _Page(
        html=invoice_html(data),
        style="invoice.css",
        colour=data.seller.colour,
        images=_images(data.seller, data.payment),
        dated=data.issued_on,
        identity=f"{data.seller.siren}|{data.kind}|{data.number}",
    )
    return _print(page, attachments, schemas)


def render_letter(data: LetterData) -> bytes:
    """Return a formal notice as PDF/A-3a + PDF/UA-1, laid out for a window envelope."""
    numbers = ",".join(claim.number for claim in data.claims)
    page = _Page(
        html=letter_html(data),
        style="letter.css",
        colour=data.seller.colour,
        images=_images(data.seller, data.payment),
        dated=data.written_on,
        identity=f"{data.seller.siren}|NOTICE|{data.written_on}|{numbers}",
    )
    return _print(page, (), ())


def render_plan(data: PlanData) -> bytes:
    """Return a proposed instalment plan as PDF/A-3a + PDF/UA-1; the client accepts these bytes."""
    page = _Page(
        html=plan_html(data),
        style="letter.css",
        colour=data.seller.colour,
        images=_images(data.seller, data.payment),
        dated=data.proposed_on,
        identity=f"{data.seller.siren}|PLAN|{data.proposed_on}|{data.identity}",
    )
    return _print(page, (), ())


def invoice_html(data: DocumentData) -> str:
    """Return the page that is printed, in characters our font has."""
    logo = bool(data.seller.logo and printable_logo(data.seller.logo.content))
    return _fill("documents/invoice.html", invoice_context(data) | {"logo": logo})


def letter_html(data: LetterData) -> str:
    """Return the letter that is printed, in characters our font has."""
    logo = bool(data.seller.logo and printable_logo(data.seller.logo.content))
    return _fill(f"documents/letter_{data.language}.html", letter_context(data) | {"logo": logo})


def plan_html(data: PlanData) -> str:
    """Return the plan that is printed, in characters our font has."""
    logo = bool(data.seller.logo and printable_logo(data.seller.logo.content))
    return _fill(f"documents/plan_{data.language}.html", plan_context(data) | {"logo": logo})


def warm_up() -> None:
    """Load fonts, styles and templates, once per process."""
    for style in ("invoice.css", "letter.css"):
        _stylesheet(style)
    for name in ("invoice", "letter_fr", "letter_en", "plan_fr", "plan_en"):
        _engine().get_template(f"documents/{name}.html")


@dataclass(frozen=True, slots=True)
class _Page:
    html: str
    style: str
    colour: str
    images: Mapping[str, bytes]
    dated: date
    identity: str


def _print(page: _Page, attachments: Sequence[EmbeddedFile], schemas: Sequence[XmpSchema]) -> bytes:
    moment = datetime.combine(page.dated, time(), UTC)
    with _press_lock, _collector_at_rest():
        document = OwnPage(page.html, _Given(page.images)).lay_out(
            styles=[_stylesheet(page.style), _accent(readable_colour(page.colour))],
            fonts=_fonts(),
            variant=VARIANT,
        )
        # Left to itself, WeasyPrint opens the profile's file each time and leaves it open.
        document.color_profiles = {"srgb": _srgb()}
        document.metadata.attachments = [_attachment(file, moment) for file in attachments]
        written: bytes = document.write_pdf(
            finisher=finisher((PDF_UA, *schemas)),
            pdf_variant=VARIANT,
            output_intent="given",
            pdf_identifier=hashlib.sha256(page.identity.encode()).digest()[:16],
        )
    return written


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Nearly all that a page allocates lives until it is written: no garbage is found before."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def _images(seller: Seller, payment: PaymentBlock) -> Mapping[str, bytes]:
    """The only two things a page may fetch: the logo and the transfer code."""
    images = {}
    if seller.logo and (logo := printable_logo(seller.logo.content)):
        images[LOGO_URL] = logo
    if payment.epc_payload:
        images[CODE_URL] = qr_png(payment.epc_payload)
    return images


def _attachment(file: EmbeddedFile, moment: datetime) -> Attachment:
    return Attachment(
        string=file.content,
        name=file.name,
        relationship=file.relationship,
        description=file.description,
        created=moment,
        modified=moment,
        url_fetcher=_Given({}),
    )


class _Given(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
    """Gives what it was handed and refuses the rest of the world."""

    def __init__(self, given: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self._given = given

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url not in self._given:
            raise ValueError(f"A document may not fetch {url}")
        return URLFetcherResponse(url, self._given[url])

    def __call__(self, url: str) -> URLFetcherResponse:
        return self.fetch(url)


def _fill(template: str, context: dict[str, Any]) -> str:
    return printable(_engine().get_template(template).render(Context(context)))


@cache
def _engine() -> Engine:
    """Templates of our own engine: no context processors, and a misspelt name does not pass."""
    return Engine(
        dirs=[str(ROOT / "templates")],
        loaders=[
            (
                "django.template.loaders.cached.Loader",
                ["django.template.loaders.filesystem.Loader"],
            )
        ],
    )


@cache
def _fonts() -> FontConfiguration:
    """A font map that knows our fonts alone, whatever the machine has installed."""
    with _only_our_fonts():
        return FontConfiguration()


@contextmanager
def _only_our_fonts() -> Iterator[None]:
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(STYLES / "fonts" / "fonts.conf")
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def _srgb() -> ColorProfile:
    """The colour profile that PDF/A wants in every file: a fresh one, its bytes change with use."""
    return ColorProfile(
        io.BytesIO(_srgb_bytes()), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"])
    )


@cache
def _srgb_bytes() -> bytes:
    return (resources.files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


@cache
def _stylesheet(name: str) -> CSS:
    """The print style and the document's own, parsed once."""
    files = {path.as_uri(): path.read_bytes() for path in (STYLES / "fonts").glob("*.ttf")}
    text = "".join((STYLES / part).read_text() for part in ("print.css", name))
    return CSS(
        string=text,
        base_url=f"{STYLES.as_uri()}/",
        font_config=_fonts(),
        url_fetcher=_Given(files),
    )


@lru_cache(maxsize=64)
def _accent(colour: str) -> CSS:
    """The tenant's colour, the one thing that differs between two tenants' styles."""
    return CSS(string=f".accent{{color:{colour}}}", font_config=_fonts(), url_fetcher=_Given({}))
