"""The page of an act: a question, a small form, one service call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from core.errors import DomainError
from tenants.access import TenantRequest

UNPROCESSABLE = 422


def ask(
    request: TenantRequest,
    *,
    form: forms.Form | None,
    act: Callable[[dict[str, Any]], object],
    url: str,
    done: str = "",
    **page: Any,
) -> HttpResponse:
    """Show `components/confirm.html`; on POST do `act(cleaned data)` and go to `url`.

    What a service refuses is said on the page, and what was typed stays.
    """
    status = 200
    if request.method == "POST":
        if form is None or form.is_valid():
            try:
                act(form.cleaned_data if form else {})
            except DomainError as error:
                if form is None:
                    raise
                form.add_error(None, str(error))
            else:
                if done:
                    messages.success(request, done)
                return HttpResponseRedirect(url)
        status = UNPROCESSABLE
    context = {"form": form, "cancel_url": url, **page}
    return render(request, "components/confirm.html", context, status=status)
