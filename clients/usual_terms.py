"""The payment terms that may be agreed with a client: the app that reckons with them gives them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_choices: list[tuple[str, StrOrPromise]] = []


def register_terms(choices: Iterable[tuple[str, StrOrPromise]]) -> None:
    """Say which codes there are, with their words, in the order of the menu."""
    _choices[:] = choices


def usual_terms() -> list[tuple[str, StrOrPromise]]:
    return list(_choices)
