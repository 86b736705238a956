"""Numbers that companies, banks and mailboxes go by: checked, and in one form."""

from __future__ import annotations

import re
from collections.abc import Callable

from email_validator import EmailNotValidError, validate_email
from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban
from stdnum import luhn as stdnum_luhn
from stdnum.eu import vat as stdnum_eu_vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret
from stdnum.fr import tva as stdnum_tva

from core.errors import DomainError
from core.errors import gettext_noop as _

_LONGEST = 80
_LA_POSTE = re.compile(r"356000000[0-9]{5}")


class InvalidIdentifier(DomainError):
    """The text is no such identifier; `kind` says which was expected (`SIREN`, `IBAN`…)."""

    @property
    def kind(self) -> str:
        return str(self.params["kind"])


def clean_siren(text: str) -> str:
    """Return the nine digits of a SIREN."""
    sentence = _("“%(value)s” is not a SIREN: nine digits, the last one being a check digit.")
    return _checked("SIREN", text, stdnum_siren.validate, sentence)


def clean_siret(text: str) -> str:
    """Return the fourteen digits of a SIRET; La Poste's own rule is known."""
    sentence = _("“%(value)s” is not a SIRET: fourteen digits, the last one being a check digit.")
    return _checked("SIRET", text, _siret, sentence)


def clean_french_vat(text: str) -> str:
    """Return a French VAT number with its prefix, `FR44732829320`."""
    sentence = _("“%(value)s” is not a French VAT number: FR, a two-character key, the SIREN.")
    return _checked("VAT", text, lambda value: "FR" + stdnum_tva.validate(value), sentence)


def clean_eu_vat(text: str) -> str:
    """Return the VAT number of a member state with its prefix; no register is asked."""
    sentence = _("“%(value)s” is not a VAT number of the European Union.")
    return _checked("EU_VAT", text, stdnum_eu_vat.validate, sentence)


def clean_iban(text: str) -> str:
    """Return an IBAN without spaces, in capitals."""
    sentence = _("“%(value)s” is not an IBAN: check it against the bank's own document.")
    return _checked("IBAN", text, stdnum_iban.validate, sentence)


def clean_bic(text: str) -> str:
    """Return a BIC of 8 or 11 characters, in capitals."""
    sentence = _("“%(value)s” is not a BIC: 8 or 11 letters and digits.")
    return _checked("BIC", text, stdnum_bic.validate, sentence)


def clean_email(text: str) -> str:
    """Return an address that any mail server takes: ASCII, its domain in lower case.

    No name server is asked. The part before the @ keeps its case, as the standard wants.
    """
    sentence = _("“%(value)s” is not an email address.")
    return _checked("EMAIL", text, _email, sentence, longest=254)


def vat_of_siren(siren: str) -> str:
    """Return the French VAT number that goes with a SIREN (numeric key)."""
    return "FR" + str(stdnum_siren.to_tva(clean_siren(siren))).replace(" ", "")


def siren_of_siret(siret: str) -> str:
    """Return the SIREN of the company that a SIRET belongs to."""
    return clean_siret(siret)[:9]


def _checked(
    kind: str, text: str, validate: Callable[[str], str], sentence: str, *, longest: int = _LONGEST
) -> str:
    bare = text.strip()
    if len(bare) > longest:
        raise InvalidIdentifier(sentence, value=f"{bare[:longest]}…", kind=kind)
    try:
        return str(validate(bare))
    except (ValidationError, EmailNotValidError):
        raise InvalidIdentifier(sentence, value=bare, kind=kind) from None


def _siret(text: str) -> str:
    """Accept for La Poste either rule: the common check digit, or the sum of the digits."""
    number = stdnum_siret.compact(text)
    if _LA_POSTE.fullmatch(number) and stdnum_luhn.is_valid(number):
        return str(number)
    return str(stdnum_siret.validate(number))


def _email(text: str) -> str:
    found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    return str(found.ascii_email)
