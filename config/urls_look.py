"""Addresses of the look, included by the public URL space."""

from __future__ import annotations

from django.urls import path, register_converter

from config import look


class ColorConverter:
    """Six hexadecimal digits, small letters."""

    regex = "[0-9a-f]{6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value.removeprefix("#").lower()


register_converter(ColorConverter, "color")

urlpatterns = [
    path("language", look.set_language, name="set_language"),
    path("theme", look.set_theme, name="set_theme"),
    path("theme/<int:version>-<color:color>.css", look.tenant_theme, name="tenant_theme"),
]
