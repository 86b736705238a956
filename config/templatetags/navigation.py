"""The sections of a tenant's pages, for the sidebar and the bar at the bottom of a phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import pgettext_lazy

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


@register.inclusion_tag("layouts/_sections.html", takes_context=True)
def sections(context: dict[str, Any], names: str, *, counted: bool = True) -> dict[str, Any]:
    """`{% sections "today invoices" %}`: links to those sections, the current one marked."""
    role = getattr(context.get("membership"), "role", None)
    here = _here(context)
    counts = context.get("nav_counts") or {}
    entries = []
    for name in names.split():
        section = SECTIONS[name]
        if section.roles and role not in section.roles:
            continue
        entries.append(
            {
                "url": any_url(section.url_name),
                "icon": section.icon,
                "label": section.label,
                "is_current": name == here,
                "count": counts.get(name, 0) if counted else 0,
            }
        )
    return {"sections": entries}


@register.simple_tag
def tenant_home(slug: str) -> str:
    """The first page of another business, for the switcher between them."""
    return f"/t/{slug}/"


def _here(context: dict[str, Any]) -> str:
    """The section of the page at hand, from its URL name: `invoices:detail` is in `invoices`."""
    match = getattr(context.get("request"), "resolver_match", None)
    return match.view_name.split(":")[0] if match else ""
