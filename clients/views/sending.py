"""Settings: how the tenant's mail leaves."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.forms import SenderForm
from clients.models import Sender
from clients.present import moment
from clients.services import send_test_mail, sender_settings, update_sender
from clients.services.sending import FIELDS
from tenants import clock
from tenants.access import OWNERS, TenantRequest, requires
from tenants.links import tenant_url


@requires(OWNERS)
def edit(request: TenantRequest) -> HttpResponse:
    sender = sender_settings()
    form = SenderForm(
        request.POST or None, initial={name: getattr(sender, name) for name in FIELDS}
    )
    if request.method == "POST" and form.is_valid():
        update_sender(facts=form.cleaned_data, user=request.user, now=clock.now())
        messages.success(request, _("Saved. Send yourself a test mail to be sure."))
        return redirect(tenant_url("sending:settings"))
    context = {
        "form": form,
        "tab": "sending",
        "sender": sender,
        "proved": moment(sender.proved_at),
        "is_kept": sender.way == Sender.Way.OURS and not settings.MAIL_IS_SET,
    }
    return render(request, "clients/sending.html", context, status=422 if form.errors else 200)


@requires(OWNERS)
@require_POST
def test(request: TenantRequest) -> HttpResponse:
    message = send_test_mail(user=request.user)
    messages.info(
        request, _("A test mail is on its way to %(email)s.") % {"email": message.to_email}
    )
    return redirect(tenant_url("sending:settings"))
