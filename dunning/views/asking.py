"""The page of an act: a question, a small form, one service call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from core.errors import DomainError
from tenants.access import TenantRequest
from tenants.toasts import say_done

UNPROCESSABLE = 422


def ask(
    request: TenantRequest,
    *,
    form: forms.Form | None,
    act: Callable[[dict[str, Any]], Any],
    url: str,
    done: str = "",
    undo: Callable[[Any], str] | None = None,
    **page: Any,
) -> HttpResponse:
    """Show `components/confirm.html`; on POST do `act(cleaned data)` and go to `url`.

    There `done` is said, with the way back that `undo` makes of what the act returned.
    What a service refuses is said on the page, and what was typed stays.
    """
    status = 200
    if request.method == "POST":
        if form is None or form.is_valid():
            try:
                made = act(form.cleaned_data if form else {})
            except DomainError as error:
                if form is None:
                    raise
                form.add_error(None, str(error))
            else:
                if done:
                    say_done(request, done, undo=undo(made) if undo else "")
                return HttpResponseRedirect(url)
        status = UNPROCESSABLE
    context = {"form": form, "cancel_url": url, **page}
    return render(request, "components/confirm.html", context, status=status)
