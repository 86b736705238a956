"""The client's three doors beside the payment: already paid, I will pay on…, a problem.

Opening one changes nothing; what is sent holds the reminders and waits for the owner.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError
from dunning.services.answering import Answer, promise_to_pay, report_problem, say_paid
from payments.limits import is_too_often
from payments.links import receivables_of
from payments.models import PayLink
from portal.doorway import behind_link
from portal.facts import pay_page
from portal.forms import AnswerForm, LaterForm, PaidForm, ProblemForm
from tenants.clock import now, today
from tenants.files import store_file
from tenants.links import public_url
from tenants.models import Business, StoredFile
from tenants.scope import current_tenant, tenant_atomic

ANSWERS_PER_HOUR = 10
HOUR = 3600
UNPROCESSABLE = 422
Act = Callable[[Answer, dict[str, Any]], object]


@behind_link
def paid(request: HttpRequest, link: PayLink, *, token: str) -> HttpResponse:
    def act(answer: Answer, data: dict[str, Any]) -> object:
        return say_paid(
            answer,
            paid_on=data["paid_on"],
            means=data["means"],
            note=data["note"],
            proof=_kept(data["proof"], answer.today),
        )

    form = PaidForm(request.POST or None, request.FILES or None, today=today())
    title = gettext_lazy("I have paid already")
    question = gettext_lazy(
        "Tell us when and how: we look for the payment, and you hear nothing from us meanwhile."
    )
    return _door(request, link, token, form, act, title=title, question=question)


@behind_link
def later(request: HttpRequest, link: PayLink, *, token: str) -> HttpResponse:
    def act(answer: Answer, data: dict[str, Any]) -> object:
        return promise_to_pay(answer, promised_for=data["promised_for"], note=data["note"])

    with tenant_atomic():
        most = Business.objects.values_list("longest_promise", flat=True).get()
    last = today() + dt.timedelta(days=most)
    form = LaterForm(request.POST or None, today=today(), last=last)
    title = gettext_lazy("I will pay on…")
    question = gettext_lazy("Name the day: until then you hear nothing from us.")
    return _door(request, link, token, form, act, title=title, question=question)


@behind_link
def problem(request: HttpRequest, link: PayLink, *, token: str) -> HttpResponse:
    def act(answer: Answer, data: dict[str, Any]) -> object:
        return report_problem(answer, text=data["text"], proof=_kept(data["proof"], answer.today))

    form = ProblemForm(request.POST or None, request.FILES or None, today=today())
    title = gettext_lazy("There is a problem")
    question = gettext_lazy("Tell us what is wrong. Nothing more is asked until we have answered.")
    return _door(request, link, token, form, act, title=title, question=question)


def _door(
    request: HttpRequest,
    link: PayLink,
    token: str,
    form: AnswerForm,
    act: Act,
    **words: object,
) -> HttpResponse:
    """Show the form; sent and taken, go back to the page of the link, which says what stands."""
    status = 200
    if request.method == "POST":
        if _accepted(link, form, act):
            return HttpResponseRedirect(public_url("portal:link", token=token))
        status = UNPROCESSABLE
    with tenant_atomic():
        page = pay_page(link, today=today())
    context = {"tenant": current_tenant(), "page": page, "token": token, "form": form, **words}
    return render(request, "portal/door.html", context, status=status)


def _accepted(link: PayLink, form: AnswerForm, act: Act) -> bool:
    if not form.is_valid():
        return False
    if is_too_often(f"answers:{link.public_id}", most=ANSWERS_PER_HOUR, seconds=HOUR):
        form.add_error(None, _("Please wait a while, then try again."))
        return False
    try:
        with tenant_atomic():
            answer = Answer(
                client=link.client,
                receivables=receivables_of(link),
                language=link.language,
                key=form.cleaned_data["key"],
                today=today(),
                now=now(),
            )
            act(answer, form.cleaned_data)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True


def _kept(proof: tuple[bytes, str, str] | None, day: dt.date) -> StoredFile | None:
    """Keep a file that a client sent, under a name of ours."""
    if proof is None:
        return None
    content, media_type, ending = proof
    return store_file(
        content=content, name=f"{day.isoformat()}-client{ending}", media_type=media_type
    )
