"""The sections of a tenant's pages, for the sidebar and the bar at the bottom of a phone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy

from tenants.links import any_url

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()


@dataclass(frozen=True, slots=True)
class Section:
    """One entry: where it leads, how it looks, who sees it (everybody when `roles` is empty)."""

    url_name: str
    icon: str
    label: StrOrPromise
    roles: frozenset[str] = frozenset()


SECTIONS: dict[str, Section] = {
    "today": Section("today", "list-todo", pgettext_lazy("menu", "Today")),
    "invoices": Section("invoices:list", "receipt-euro", pgettext_lazy("menu", "Invoices")),
    "clients": Section("clients:list", "users", pgettext_lazy("menu", "Clients")),
    "payments": Section("payments:list", "wallet", pgettext_lazy("menu", "Payments")),
    "dunning": Section("dunning:overview", "bell", pgettext_lazy("menu", "Dunning")),
    "settings": Section(
        "settings:business",
        "settings",
        pgettext_lazy("menu", "Settings"),
        roles=frozenset({"OWNER"}),
    ),
}


@register.simple_tag(takes_context=True)
def sections(context: dict[str, Any], names: str, *, counted: bool = True) -> SafeString:
    """`{% sections "today invoices" %}`: links to those sections, the current one marked."""
    role = getattr(context.get("membership"), "role", None)
    here = _here(context)
    counts = (context.get("nav_counts") or {}) if counted else {}
    entries = tuple(
        (name, any_url(section.url_name), name == here, counts.get(name, ""))
        for name in names.split()
        if not (section := SECTIONS[name]).roles or role in section.roles
    )
    return _drawn(entries, get_language() or "fr")


@lru_cache(maxsize=4096)
def _drawn(entries: tuple[tuple[str, str, bool, str], ...], language: str) -> SafeString:
    """Kept: four times a page, and mostly the same; the labels depend on the language."""
    drawn = [
        {
            "url": url,
            "icon": SECTIONS[name].icon,
            "label": SECTIONS[name].label,
            "is_current": is_here,
            "count": count,
        }
        for name, url, is_here, count in entries
    ]
    return mark_safe(  # noqa: S308 -- what a template has escaped
        render_to_string("layouts/_sections.html", {"sections": drawn})
    )


@receiver(setting_changed)
def _forget(**kwargs: object) -> None:
    """Tests change where static files live."""
    _drawn.cache_clear()


@register.simple_tag
def tenant_home(slug: str) -> str:
    """The first page of another business, for the switcher between them."""
    return f"/t/{slug}/"


def _here(context: dict[str, Any]) -> str:
    """The section of the page at hand, from its URL name: `invoices:detail` is in `invoices`."""
    match = getattr(context.get("request"), "resolver_match", None)
    return match.view_name.split(":")[0] if match else ""
