"""What letters say: the tenant's own words, for a client or for all, tried before they are kept."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.kinds import Rendered
from clients.models import Client
from clients.services.outbox import language_for
from dunning.blanks import NAMES, called
from dunning.case_facts import KnownCase
from dunning.drafts import draft_departure, draft_example, letter_of_departure
from dunning.models import OwnWords
from dunning.own_words import BLANKS, Letter, Texts, Wording, wording_of, wordings_for_all
from dunning.plan import first_day
from dunning.plan_reading import indebted, read_forecasts
from dunning.plan_words import key_of
from dunning.services import change_words, forget_words
from dunning.words import BLANK_MEANINGS, LANGUAGE_NAMES
from dunning.words_form import FOR_ALL, FOR_CLIENT, WordsForm
from tenants.access import OWNERS, WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.language import LANGUAGES
from tenants.links import tenant_url
from tenants.models import Role

UNPROCESSABLE = 422
_LINE = re.compile(r"[\w-]{1,60}", re.ASCII)  # `plan_words.key_of`
MOST_CLIENTS = 100  # with words of their own, named on the page of the settings


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose words the page changes; `mail` names the line of the plan it was opened from."""

    letter: Letter
    language: str
    client: Client | None = None
    mail: str = ""

    @property
    def back(self) -> str:
        if self.client is None:
            return tenant_url("ladders:words")
        url = tenant_url("dunning:client_plan", self.client.public_id)
        return f"{url}#{self.mail}" if self.mail else url


@requires(OWNERS)
@require_GET
def words(request: TenantRequest) -> HttpResponse:
    """Every letter in every language, and the clients who have words of their own; two queries."""
    said = wordings_for_all()
    rows = [
        {
            "letter": letter,
            "words": letter.value.lower(),
            "cells": [(language, said[letter, language]) for language in LANGUAGES],
        }
        for letter in Letter
    ]
    apart = OwnWords.objects.exclude(client=None).select_related("client")
    context = {
        "rows": rows,
        "languages": [LANGUAGE_NAMES[language] for language in LANGUAGES],
        "apart": list(apart.order_by("client__name", "id")[:MOST_CLIENTS]),
        "tab": "dunning",
    }
    return render(request, "dunning/words_list.html", context)


@requires(OWNERS)
def words_for_all(request: TenantRequest, words: str, language: str) -> HttpResponse:
    """What one letter says to all clients who have no words of their own."""
    if language not in LANGUAGES:
        raise Http404
    return _page(request, _Subject(_letter(words), language))


@requires(WRITERS)
def words_for_client(request: TenantRequest, client: uuid.UUID, words: str) -> HttpResponse:
    """The same for one client, in his language; an owner may extend it to all."""
    found = get_object_or_404(Client, public_id=client)
    mail = request.POST.get("mail") or request.GET.get("mail", "")
    known = mail if _LINE.fullmatch(mail) else ""
    return _page(request, _Subject(_letter(words), language_for(found, None), found, known))


def _letter(words: str) -> Letter:
    try:
        return Letter(words.upper())
    except ValueError:
        raise Http404 from None


def _page(request: TenantRequest, subject: _Subject) -> HttpResponse:
    wording = _wording(subject)
    form = _form(request, subject, wording)
    act = request.POST.get("act", "save")
    if request.method == "POST" and act == "reset":
        _reset(request, subject, wording)
        return HttpResponseRedirect(subject.back)
    is_valid = form.is_bound and form.is_valid()
    if is_valid and act == "save" and not request.htmx:
        _save(request, subject, form)
        return HttpResponseRedirect(subject.back)
    trial = form.texts.over(wording.below) if is_valid else wording.texts
    reader, draft = _preview(request, subject, trial)
    context = {
        "form": form,
        "subject": subject,
        "reader": reader,
        "draft": draft,
        "faults": form.errors if form.is_bound else {},
    }
    if request.htmx:
        return render(request, "dunning/_words_preview.html", context)
    context |= {
        "language": LANGUAGE_NAMES[subject.language],
        "blanks": [
            (called(blank, subject.language), BLANK_MEANINGS[blank])
            for blank in NAMES
            if blank in BLANKS[subject.letter]
        ],
        "reset_label": _reset_label(request, subject, wording),
        "tab": "dunning",
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "dunning/words.html", context, status=status)


def _wording(subject: _Subject) -> Wording:
    client_id = subject.client.pk if subject.client else None
    return wording_of(client_id, subject.letter, subject.language)


def _form(request: TenantRequest, subject: _Subject, wording: Wording) -> WordsForm:
    names = ("subject", "opening", "closing")
    scope = FOR_ALL if wording.of_all and not wording.of_client else FOR_CLIENT
    return WordsForm(
        request.POST if request.method == "POST" else None,
        initial={**dict(zip(names, astuple(wording.texts), strict=True)), "scope": scope},
        language=subject.language,
        allowed=BLANKS[subject.letter],
        asks_scope=subject.client is not None and request.membership.role == Role.OWNER,
    )


def _save(request: TenantRequest, subject: _Subject, form: WordsForm) -> None:
    change_words(
        client=subject.client,
        letter=subject.letter.value,
        language=subject.language,
        texts=form.texts,
        for_all=form.cleaned_data.get("scope") == FOR_ALL,
        user=request.user,
        now=now(),
    )
    messages.success(request, _("Kept: what has not left yet leaves in these words."))


def _reset(request: TenantRequest, subject: _Subject, wording: Wording) -> None:
    """Take away the nearest words of their own; those for all only by an owner."""
    client = subject.client if wording.of_client else None
    if client is None and request.membership.role != Role.OWNER:
        return
    forget_words(
        client=client,
        letter=subject.letter.value,
        language=subject.language,
        user=request.user,
        now=now(),
    )
    messages.success(request, _("Done: the words are those of before."))


def _reset_label(request: TenantRequest, subject: _Subject, wording: Wording) -> str:
    if wording.of_client and wording.of_all:
        return _("Back to the words for all my clients")
    if wording.of_client or (wording.of_all and subject.client is None):
        return _("Back to the shipped words")
    if wording.of_all and request.membership.role == Role.OWNER:
        return _("Back to the shipped words, for all my clients")
    return ""


def _preview(
    request: TenantRequest, subject: _Subject, trial: Texts
) -> tuple[Client, Rendered | None]:
    """Who reads it, and the letter: of the day in the plan that has it, else about a real debt."""
    client = subject.client or indebted().order_by("-owed", "-pk").first()
    if client is None:
        client = Client(name=_("A client"))
        return client, draft_example(client, subject.letter, subject.language, [], trial)
    (forecast,) = read_forecasts(
        [client], today=today(), first=first_day(request.tenant, now()), suppose_yes=True
    )
    planned = [
        each
        for each in forecast.departures
        if subject.client and letter_of_departure(client, each, forecast.cases) == subject.letter
    ]
    if planned:
        departure = next((each for each in planned if key_of(each) == subject.mail), planned[0])
        return client, draft_departure(client, departure, forecast.cases, trial=trial)
    debts: Sequence[KnownCase] = list(forecast.cases.values())
    return client, draft_example(client, subject.letter, subject.language, debts, trial)
