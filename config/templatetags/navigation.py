"""The frame of a tenant's pages: sections, menus, the bar at the bottom of a phone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy

from tenants.links import any_url
from tenants.models import Role

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()

THEMES = ("light", "dark")


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
    "reports": Section("reports:aged", "chart-no-axes-column", pgettext_lazy("menu", "Reports")),
    "settings": Section(
        "settings:business",
        "settings",
        pgettext_lazy("menu", "Settings"),
        roles=frozenset({"OWNER"}),
    ),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """All that the frame of a tenant's pages depends on: equal frames are drawn once.

    A form is never a part of it, because the token of a form belongs to one request.
    """

    slug: str
    business: str
    businesses: tuple[tuple[str, str], ...]  # slug and name
    who: str
    role: str
    theme: str  # "light", "dark", or nothing: as the system
    here: str  # the section of the page
    counts: tuple[tuple[str, str], ...]  # section and figure
    language: str

    @property
    def role_name(self) -> StrOrPromise:
        return Role(self.role).label if self.role else ""


@register.simple_tag(takes_context=True)
def frame(context: dict[str, Any], template_name: str) -> SafeString:
    """`{% frame "layouts/_side.html" %}`: that part of the frame, drawn from `frame` alone."""
    request = context["request"]
    if not hasattr(request, "frame"):
        request.frame = _frame(context)
    return _drawn(template_name, request.frame)


@register.inclusion_tag("layouts/_sections.html")
def sections(frame: Frame, names: str, *, counted: bool = True) -> dict[str, Any]:
    """`{% sections frame "today invoices" %}`: links to those sections, the current one marked."""
    counts = dict(frame.counts) if counted else {}
    return {
        "sections": [
            {
                "url": any_url(section.url_name),
                "icon": section.icon,
                "label": section.label,
                "is_current": name == frame.here,
                "count": counts.get(name, ""),
            }
            for name in names.split()
            if not (section := SECTIONS[name]).roles or frame.role in section.roles
        ]
    }


@lru_cache(maxsize=1024)
def _drawn(template_name: str, frame: Frame) -> SafeString:
    """Kept: the same for a reader from page to page, until a figure of the menu changes."""
    return render_to_string(template_name, {"frame": frame})


def _frame(context: dict[str, Any]) -> Frame:
    request, tenant = context["request"], context["tenant"]
    theme = request.COOKIES.get("theme", "")
    return Frame(
        slug=tenant.slug,
        business=tenant.name,
        businesses=tuple(
            (each.tenant.slug, each.tenant.name) for each in context.get("memberships") or ()
        ),
        who=str(request.user),
        role=getattr(context.get("membership"), "role", ""),
        theme=theme if theme in THEMES else "",
        here=_here(request),
        counts=tuple((name, str(count)) for name, count in context["nav_counts"].items()),
        language=get_language() or "fr",
    )


@receiver(setting_changed)
def _forget(**kwargs: object) -> None:
    """Tests change where static files live."""
    _drawn.cache_clear()


@register.simple_tag
def tenant_home(slug: str) -> str:
    """The first page of another business, for the switcher between them."""
    return f"/t/{slug}/"


def _here(request: HttpRequest) -> str:
    """The section of the page at hand, from its URL name: `invoices:detail` is in `invoices`."""
    match = request.resolver_match
    return match.view_name.split(":")[0] if match else ""
