"""Parts of a page that depend on little: drawn once for the same language, tenant and values."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tenants.scope import optional_tenant

register = template.Library()
Given = tuple[str, Any, type]


@register.simple_tag
def kept(template_name: str, **given: Any) -> SafeString:
    """`{% kept "layouts/_head.html" %}` is `{% include … only %}`, remembered.

    Values must be hashable; what was drawn last is kept. Never a form that is posted: its token
    belongs to one request.
    """
    tenant = optional_tenant()  # addresses begin with it
    # with its type, because a text that is already HTML equals one that is not
    values = tuple((name, value, type(value)) for name, value in given.items())
    return _drawn(template_name, values, get_language() or "fr", tenant.slug if tenant else "")


@lru_cache(maxsize=4096)
def _drawn(
    template_name: str, values: tuple[Given, ...], language: str, tenant_slug: str
) -> SafeString:
    return render_to_string(template_name, {name: value for name, value, _type in values})


@receiver(setting_changed)
def _forget(**kwargs: object) -> None:
    """Tests change where templates and static files live."""
    _drawn.cache_clear()
