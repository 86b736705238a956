"""The French state's public register of companies (API Recherche d'entreprises): free, no key.

Its address is a setting; empty, it is never asked. What it answers is data of strangers: every
field is checked, and nothing is needed but the SIREN and a name.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final
from urllib.parse import urlencode

import urllib3
from django.conf import settings
from urllib3.exceptions import HTTPError

from core.errors import DomainError
from core.errors import gettext_noop as _
from core.identifiers import clean_siren, clean_siret, vat_of_siren
from tenants.registries.legal_forms import SOLE_TRADER, legal_form
from tenants.scope import assert_no_open_scope

SECONDS: Final = 2.5  # for the whole answer: a person is waiting
MOST_BYTES: Final = 1_000_000
CHUNK: Final = 65_536
RESULTS: Final = 10
SHORTEST: Final = 3  # characters: the register refuses less
LONGEST: Final = 120
OK: Final = 200
NOT_UNDERSTOOD: Final = 400
TOO_MANY: Final = 429
HIDDEN: Final = "[NON-DIFFUSIBLE]"  # who objected to being published
AGENT: Final = "Echeance (invoicing software)"
_DIGITS = re.compile(r"[0-9\s.\u00a0\u202f]+")
_http = urllib3.PoolManager(retries=False, headers={"User-Agent": AGENT})


class Trouble(Enum):
    """Why the register was of no help."""

    SILENT = "silent"
    BUSY = "busy"
    UNREADABLE = "unreadable"
    NONE = "none"


SENTENCES: Final = {
    Trouble.SILENT: _(
        "The public register of companies does not answer just now: type your details below."
    ),
    Trouble.BUSY: _(
        "The public register of companies is too busy just now: type your details below, or look"
        " again in a minute."
    ),
    Trouble.UNREADABLE: _(
        "The public register of companies gave an answer that we cannot read: type your details"
        " below."
    ),
    Trouble.NONE: _(
        "The public register knows no company by this name or number: look again, or type your"
        " details below."
    ),
}


class RegisterError(DomainError):
    """The register did not help; details can always be typed."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(SENTENCES[trouble])
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Company:
    """One result. Empty texts are what the register does not say."""

    siren: str
    name: str
    legal_form: str
    is_sole_trader: bool
    siret: str
    address: str
    address_more: str
    postcode: str
    city: str
    is_closed: bool

    @property
    def facts(self) -> dict[str, str]:
        """Values for the form of a business; its VAT number is the one that goes with the SIREN."""
        found = {
            "legal_name": self.name,
            "legal_form": self.legal_form,
            "is_sole_trader": "on" if self.is_sole_trader else "",
            "siren": self.siren,
            "siret": self.siret,
            "vat_number": vat_of_siren(self.siren),
            "address": self.address,
            "address_more": self.address_more,
            "postcode": self.postcode,
            "city": self.city,
        }
        # that it is no sole trader is said too: it takes back an earlier choice
        return {name: value for name, value in found.items() if value or name == "is_sole_trader"}


def is_on() -> bool:
    return bool(settings.COMPANY_SEARCH_URL)


def number_in(text: str) -> str:
    """The digits of what looks like a SIREN or a SIRET; empty for a name."""
    digits = "".join(re.findall(r"[0-9]", text)) if _DIGITS.fullmatch(text) else ""
    return digits if len(digits) in {9, 14} else ""


def find_companies(text: str) -> list[Company]:
    """Ask the register for a name, a SIREN or a SIRET; ten companies at most, as it ranks them.

    Raises:
        RegisterError: it is off, offline, slow, busy, knows nobody, or cannot be understood.
        OpenScopeError: a transaction of a tenant is open.
    """
    assert_no_open_scope()
    wanted = number_in(text) or " ".join(text.split())[:LONGEST]
    if not is_on():
        raise RegisterError(Trouble.SILENT)
    found = list(_companies(_ask(wanted))) if len(wanted) >= SHORTEST else []
    if not found:
        raise RegisterError(Trouble.NONE)
    return found


def _ask(wanted: str) -> Any:
    query = {"q": wanted, "page": 1, "per_page": RESULTS, "limite_matching_etablissements": 1}
    url = f"{settings.COMPANY_SEARCH_URL.rstrip('/')}/search?{urlencode(query)}"
    try:
        status, content = _read(url)
    except (HTTPError, OSError, ValueError) as error:
        raise RegisterError(Trouble.SILENT) from error
    if status == NOT_UNDERSTOOD:
        return {"results": []}
    if status != OK:
        raise RegisterError(Trouble.BUSY if status == TOO_MANY else Trouble.SILENT)
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RegisterError(Trouble.UNREADABLE) from error


def _read(url: str) -> tuple[int, bytes]:
    """Status and body, within `SECONDS` altogether: also from a server that drips."""
    deadline = time.monotonic() + SECONDS
    timeout = urllib3.Timeout(total=SECONDS)
    answer = _http.request("GET", url, timeout=timeout, preload_content=False, redirect=False)
    content = b""
    try:
        while chunk := answer.read1(CHUNK, decode_content=True):
            content += chunk
            if time.monotonic() > deadline:
                raise TimeoutError
            if len(content) > MOST_BYTES:
                return answer.status, b""
    finally:
        answer.close()
    return answer.status, content


def _companies(answer: Any) -> Iterator[Company]:
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list):
        raise RegisterError(Trouble.UNREADABLE)
    for result in results[:RESULTS]:
        if isinstance(result, dict) and (company := _company(result)):
            yield company


def _company(result: dict[str, Any]) -> Company | None:
    siren = _checked(clean_siren, _text(result, "siren"))
    name = _text(result, "nom_raison_sociale", 200) or _text(result, "nom_complet", 200)
    if not (siren and name):
        return None
    code = _text(result, "nature_juridique")
    seat = result.get("siege")
    seat = seat if isinstance(seat, dict) else {}
    siret = _checked(clean_siret, _text(seat, "siret"))
    return Company(
        siren=siren,
        name=name,
        legal_form=legal_form(code),
        is_sole_trader=code == SOLE_TRADER,
        siret=siret if siret.startswith(siren) else "",
        address=_street(seat),
        address_more=_text(seat, "complement_adresse", 200),
        postcode=_text(seat, "code_postal", 12),
        city=_text(seat, "libelle_commune", 100),
        is_closed=_text(result, "etat_administratif") == "C",
    )


def _street(seat: dict[str, Any]) -> str:
    """Number and street; from the address in one line when the parts are missing."""
    parts = ("numero_voie", "indice_repetition", "type_voie", "libelle_voie")
    street = " ".join(filter(None, (_text(seat, part) for part in parts)))
    if not street:
        postcode = _text(seat, "code_postal")
        whole = _text(seat, "adresse")
        street = whole.partition(f" {postcode} ")[0] if postcode else whole
    return street[:200]


def _text(fields: dict[str, Any], name: str, longest: int = 300) -> str:
    """A field as one clean line; anything that is no text, and what is hidden, is empty."""
    value = fields.get(name)
    if not isinstance(value, str) or HIDDEN in value:
        return ""
    printable = "".join(sign if sign.isprintable() else " " for sign in value)
    return " ".join(printable.split())[:longest]


def _checked(check: Any, value: str) -> str:
    try:
        return str(check(value)) if value else ""
    except DomainError:
        return ""
