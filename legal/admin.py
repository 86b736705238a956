"""The operator's desk: legal facts are corrected or added here, never removed."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from legal.forms import LegalRateForm, LegalTextForm
from legal.models import DatedFact, LegalRate, LegalText, LegalThreshold, VatRate

Fact = TypeVar("Fact", bound=DatedFact)


class DatedFactAdmin(admin.ModelAdmin[Fact]):
    readonly_fields = ["edited_at"]
    list_filter = ["valid_from"]
    ordering = ["-valid_from"]

    def save_model(
        self, request: HttpRequest, obj: Fact, form: ModelForm[Fact], change: bool
    ) -> None:
        obj.edited_at = timezone.now()  # from now on shipped data leaves the row alone
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Fact | None = None) -> bool:
        """A fact ends by its date; deleting it would change what old documents rest on."""
        return False


@admin.register(LegalRate)
class LegalRateAdmin(DatedFactAdmin[LegalRate]):
    form = LegalRateForm
    readonly_fields = ["valid_from", "valid_to", "edited_at"]
    list_display = [
        "half_year",
        "valid_from",
        "valid_to",
        "legal_pro",
        "legal_individual",
        "ecb_refi",
        "source",
        "edited_at",
    ]


@admin.register(VatRate)
class VatRateAdmin(DatedFactAdmin[VatRate]):
    list_display = [
        "territory",
        "rate",
        "category",
        "valid_from",
        "valid_to",
        "source",
        "edited_at",
    ]
    list_filter = ["territory"]
    ordering = ["territory", "-rate"]


@admin.register(LegalText)
class LegalTextAdmin(DatedFactAdmin[LegalText]):
    form = LegalTextForm
    list_display = ["key", "language", "text", "valid_from", "valid_to", "source", "edited_at"]
    list_filter = ["language", "key"]
    ordering = ["key", "language", "-valid_from"]


@admin.register(LegalThreshold)
class LegalThresholdAdmin(DatedFactAdmin[LegalThreshold]):
    list_display = ["key", "value", "unit", "valid_from", "valid_to", "source", "edited_at"]
    list_filter = ["unit"]
    ordering = ["key", "-valid_from"]
