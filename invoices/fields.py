"""Form fields that read what people type: amounts in either notation, a client by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext

from core.amounts import AmbiguousAmount, parse_amount
from core.errors import DomainError
from core.money import format_decimal


class AmountField(forms.CharField):
    """A number as typed, `1 234,56` or `1,234.56`; the reader's language settles `1,234`."""

    def __init__(self, *, decimals: int = 2, **kwargs: Any) -> None:
        self.decimals = decimals
        attrs = {"inputmode": "decimal", "class": "num", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return format_decimal(value, get_language() or "fr")
        return value

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        try:
            return read_amount(text, self.decimals) if text else None
        except DomainError as error:
            raise forms.ValidationError(error.text(gettext)) from error


def read_amount(text: str, decimals: int) -> Decimal:
    """Read an amount, by the reader's language where it can be read in two ways.

    Raises:
        InvalidAmount: it is none, or has too many decimals.
    """
    try:
        return parse_amount(text, decimals=decimals)
    except AmbiguousAmount:
        mark = "." if get_language() == "en" else ","
        return parse_amount(text, decimals=decimals, decimal_mark=mark)
