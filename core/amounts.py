"""Amounts typed by people or found in files: `1 234,56`, `1,234.56`, `1.234,56 €`."""

from __future__ import annotations

import re
from decimal import Decimal

from core.errors import gettext_noop as _
from core.money import AMOUNT_LIMIT, InvalidAmount, currency

_LONGEST = 40
# Space, no-break space, narrow no-break space, thin space, and the Swiss apostrophes.
_SPACES = re.compile("[ \u00a0\u202f\u2009'\u2019]")
_GROUPED = re.compile(r"[0-9]{1,3}([ ,.][0-9]{3})+")
_PLAIN = re.compile(r"[0-9]+")


class AmbiguousAmount(InvalidAmount):
    """`1,234` is one thousand for some and one and a bit for others."""


def parse_amount(
    text: str,
    *,
    code: str = "EUR",
    decimal_mark: str | None = None,
    decimals: int | None = None,
) -> Decimal:
    """Return the amount that a person meant, or raise InvalidAmount.

    `decimal_mark` ("," or ".") says how to read `1,234`; without it such a text is refused as
    AmbiguousAmount rather than guessed. `decimals` is the greatest number of decimals (default:
    those of the currency). The sign or code of that currency may stand before or after. A minus
    may lead or trail, and accountants' brackets mean minus.
    """
    bare, negative = _strip_sign(_strip_currency(text, code))
    grouped = _SPACES.sub(" ", bare)
    whole, fraction = _cut(text, grouped, decimal_mark)
    allowed = currency(code).digits if decimals is None else decimals
    if len(fraction) > allowed:
        raise InvalidAmount(
            _("“%(text)s” has more than %(decimals)s decimals."), text=text, decimals=allowed
        )
    amount = Decimal(f"{whole}.{fraction}" if fraction else whole)
    if amount >= AMOUNT_LIMIT:
        raise InvalidAmount(_("“%(text)s” is too large an amount."), text=text)
    return -amount if negative and amount else amount


def _strip_currency(text: str, code: str) -> str:
    if len(text) > _LONGEST:
        raise InvalidAmount(_("“%(text)s…” is too long for an amount."), text=text[:_LONGEST])
    money = currency(code)
    signs = {money.code, money.sign_fr, money.sign_fr.replace("\u00a0", " ")}
    either = "|".join(re.escape(sign) for sign in sorted(signs))
    # Before the digits (after a minus) or after them, once.
    match = re.fullmatch(
        rf"([-(\u2212]?)\s*(?:{either})\s*(.+)|(.+?)\s*(?:{either})", text.strip(), re.IGNORECASE
    )
    if not match:
        return text.strip()
    return match[3] if match[2] is None else match[1] + match[2]


def _strip_sign(text: str) -> tuple[str, bool]:
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    for minus in ("-", "\u2212"):
        if text.startswith(minus):
            return text[1:].strip(), True
        if text.endswith(minus):
            return text[:-1].strip(), True
    return text, False


def _cut(text: str, grouped: str, decimal_mark: str | None) -> tuple[str, str]:
    """Return the digits before and after the decimal mark."""
    mark = decimal_mark or _guess_mark(text, grouped)
    whole, _found, fraction = grouped.partition(mark)
    if (_found and not _PLAIN.fullmatch(fraction)) or not _is_whole(whole):
        raise InvalidAmount(_("“%(text)s” is not an amount."), text=text)
    return re.sub("[ ,.]", "", whole), fraction


def _is_whole(text: str) -> bool:
    one_separator = len(set(re.sub("[0-9]", "", text))) <= 1
    return bool(_PLAIN.fullmatch(text) or (one_separator and _GROUPED.fullmatch(text)))


def _guess_mark(text: str, grouped: str) -> str:
    """Return the decimal mark: the last of two kinds, or the only one if that is certain."""
    commas, dots = grouped.count(","), grouped.count(".")
    if commas and dots:
        return "," if grouped.rindex(",") > grouped.rindex(".") else "."
    mark, count = (",", commas) if commas else (".", dots)
    if count > 1:
        return "." if mark == "," else ","
    if count and re.fullmatch(r"[1-9][0-9]{0,2}[,.][0-9]{3}", grouped):
        raise AmbiguousAmount(
            _("“%(text)s” can be read in two ways; say whether “%(mark)s” is the decimal mark."),
            text=text,
            mark=mark,
        )
    return mark
