"""A plan in one gesture: proposed, mailed, accepted behind the link, the first part paid."""

import datetime as dt
import re

from clients.delivery import deliver_tenant
from clients.models import Message
from dunning.cases import open_cases
from dunning.ladder_rows import write_shipped_ladders
from invoices.models import InstallmentPlan, Receivable
from invoices.plan_rendering import render_plan
from payments.models import Payment
from tenants import clock
from tenants.models import Business, Role, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tenants.services import update_business
from tests.browser.reading import wait_until_paid
from tests.browser.test_first_payment import link_in
from tests.conftest import make_tenant, make_user
from tests.factories.clients import make_client
from tests.factories.payments import connect_fake_stripe, make_receivable

LATE = dt.timedelta(days=20)
IDENTITY = {
    "siren": "732829320",
    "address": "4 rue du Port",
    "postcode": "56100",
    "city": "Lorient",
    "iban": "FR7630006000011234567890189",
    "account_holder": "Atelier Morel",
}


def test_proposed_accepted_and_its_first_part_paid(
    swept, open_page, server, stripe_server, smtp_sink, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.STRIPE_API_BASE = stripe_server.url
    settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] = ["'self'", stripe_server.url]
    tenant, owner, debtor = a_business_with_late_invoices()

    page = open_page(f"/t/atelier/clients/{debtor.public_id}/", user=owner)
    page.click("text=Propose a plan")
    page.wait_for_url("**/plans/new/**")
    page.select_option("[name='cause']", "SEASON")
    page.fill("[name='amount-0']", "500")
    page.fill("[name='amount-1']", "100")
    page.wait_for_selector("#sum:has-text('It adds up.')")
    page.click("button[value=send]")
    page.wait_for_url(re.compile(r"/plans/[0-9a-f-]{36}/$"))

    let_workers_work(tenant)
    mail = smtp_sink.received[-1]
    assert mail.recipients == ["compta@morvan.example"]
    path = link_in(mail, r"http://\S+/p/\S+/plan/").removeprefix(server)
    client = open_page(path, width=390)
    client.fill("[name='name']", "Anne Morvan")
    client.fill("[name='capacity']", "Gérante")
    client.check("[name='agree']")
    client.click("button.btn-pay")
    client.wait_for_selector("text=Your instalment plan")

    client.click("button.btn-pay")
    client.wait_for_url(f"{stripe_server.url}/**")
    client.click("text=Payer par carte")
    client.wait_for_url("**/p/**")
    wait_until_paid(tenant)
    page.reload()

    chips = page.locator("section[aria-labelledby='h-schedule'] .chip").all_inner_texts()
    assert chips == ["Paid", "Coming", "Coming"]
    assert "Anne Morvan, Gérante" in page.locator("section[aria-labelledby='h-proof']").inner_text()
    with use_tenant(tenant), tenant_atomic():
        plan = InstallmentPlan.objects.get()
        assert (plan.state, plan.agreed_how, plan.accepted_ip) == ("AGREED", "ONLINE", "127.0.0.1")
        assert Payment.objects.get().amount == 500
        assert sum(row.balance for row in Receivable.objects.all()) == 400


def a_business_with_late_invoices():
    tenant = make_tenant("atelier", name="Atelier Morel", mode=Tenant.Mode.LIVE)
    owner = make_user("claire@morel.example", tenant, Role.OWNER)
    with use_tenant(tenant):
        with tenant_atomic():
            business = Business.objects.get()
            update_business(business=business, changes=IDENTITY, user=owner, now=clock.now())
            write_shipped_ladders()
            debtor = make_client("Garage Morvan", email="compta@morvan.example", language="fr")
            due = clock.today() - LATE
            debts = [make_receivable(debtor, amount, due_on=due) for amount in ("600", "300")]
            open_cases(receivable_ids=[debt.pk for debt in debts], today=clock.today())
        connect_fake_stripe(now=clock.now())
    return tenant, owner, debtor


def let_workers_work(tenant):
    """Print the plan, then deliver its mail, as the workers do."""
    with use_tenant(tenant):
        with tenant_atomic():
            plan_id = InstallmentPlan.objects.get().pk
        render_plan(plan_id=plan_id)
        deliver_tenant(now=clock.now())
        with tenant_atomic():
            assert Message.objects.get(kind="PLAN_PROPOSED").state == Message.State.SENT
