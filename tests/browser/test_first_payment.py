"""From signing up to being paid, clicked in a real browser: every part is real but the bank."""

import re

from clients.delivery import deliver_tenant
from clients.models import Message
from invoices.models import Invoice, Receivable
from invoices.tasks import render_document
from payments.accounts import check_account, connect_stripe
from payments.models import Payment
from tenants import clock
from tenants.models import Tenant
from tenants.scope import tenant_atomic, use_tenant
from tenants.services import go_live
from tests.browser.reading import wait_until_paid


def link_in(mail, pattern):
    return re.search(pattern, mail.body()).group(0)


def fill(page, **fields):
    for name, value in fields.items():
        page.fill(f"[name='{name}']", value)


def test_sign_up_invoice_email_link_stripe_paid(
    swept,
    open_page,
    server,
    stripe_server,
    smtp_sink,
    register,
    settings,
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.STRIPE_API_BASE = stripe_server.url
    settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] = ["'self'", stripe_server.url]

    page = open_page("/accounts/signup/")
    fill(page, email="claire@morel.example", password1="une-phrase-de-passe")
    page.click("main button[type=submit]")
    page.wait_for_url("**/confirm-email/**")
    page.goto(link_in(smtp_sink.received[-1], r"http://\S+/confirm-email/\S+"))
    if page.locator("main button[type=submit]").count():
        page.click("main button[type=submit]")
    if "login" in page.url:
        fill(page, login="claire@morel.example", password="une-phrase-de-passe")
        page.click("main button[type=submit]")
    page.wait_for_url("**/businesses/new/")
    found_business(page, register)

    tenant = ready(stripe_server)

    page.goto(f"{server}/t/atelier-morel/clients/new/")
    page.select_option("[name$='kind']", "BUSINESS")
    new_client(page)
    page.goto(f"{server}/t/atelier-morel/invoices/new/")
    new_invoice(page)
    page.click("button[value=issue]")
    page.wait_for_url("**/issue/")
    page.click("button[value=send]")
    page.wait_for_selector("h1:has-text('F-')")

    let_workers_work(tenant)

    mail = smtp_sink.received[-1]
    assert mail.recipients == ["compta@morvan.example"]
    client = open_page(link_in(mail, r"http://\S+/p/\S+").removeprefix(server))
    client.click("button.btn-pay")
    client.wait_for_url(f"{stripe_server.url}/**")
    client.click("text=Payer par carte")
    client.wait_for_url("**/p/**")
    wait_until_paid(tenant)
    client.reload()

    assert "1 200,00 €" in client.locator("main").inner_text().replace("\xa0", " ").replace(
        "\u202f", " "
    )
    with use_tenant(tenant), tenant_atomic():
        invoice = Invoice.objects.get()
        assert Receivable.objects.get(invoice=invoice).balance == 0
        payment = Payment.objects.get()
        assert (payment.means, payment.amount) == ("CARD", invoice.total_gross)


def found_business(page, register):
    """Five screens: found by name in the register, the look and the number as proposed."""
    page.fill("[name=q]", "atelier morel")
    page.press("[name=q]", "Enter")
    page.click(".choices a")
    page.fill("[name=legal_name]", "Atelier Morel")
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_url("**/t/atelier-morel/welcome/look/")
    page.click(".ways button")
    page.wait_for_url("**/welcome/bank/")
    page.fill("[name=iban]", "FR76 3000 6000 0112 3456 7890 189")
    page.click(".ways button")
    page.wait_for_url("**/welcome/numbers/")
    page.fill("[name=last]", "F-2019-0412")
    page.wait_for_selector("#next:has-text('F-2019-0413')")
    page.fill("[name=last]", "")
    page.wait_for_selector("#next:has-text('-0001')")
    page.click(".ways button")
    page.wait_for_url("**/welcome/sending/")
    page.click(".ways a:first-of-type")
    page.wait_for_url("**/t/atelier-morel/welcome/")


def ready(stripe_server):
    """What other pages would do: live, and the owner's restricted key."""
    tenant = Tenant.objects.get()
    user = tenant.memberships.get().user
    with use_tenant(tenant):
        with tenant_atomic():
            go_live(tenant=tenant, user=user, now=clock.now())
        with tenant_atomic():
            account = connect_stripe(secret_key="rk_test_morel", user=user, now=clock.now())
        check_account(account_id=account.pk, now=clock.now())
    return Tenant.objects.get()


def new_client(page):
    values = {
        "name": "Garage Morvan",
        "siren": "552100554",
        "address": "12 rue de Siam",
        "postcode": "29200",
        "city": "Brest",
        "email": "compta@morvan.example",
    }
    for name, value in values.items():
        page.locator(f"[name$='{name}']").first.fill(value)
    page.click("button:has-text('client')")
    page.wait_for_selector("h1:has-text('Garage Morvan')")


def new_invoice(page):
    page.locator("[name='client_name']").fill("Garage Morvan")
    page.locator("#editor [name$='-description']").first.fill("Banquette sur mesure")
    page.locator("#editor [name$='-unit_price']").first.fill("1000")


def let_workers_work(tenant):
    """Print the document, then deliver the mail, as the workers do."""
    with use_tenant(tenant):
        with tenant_atomic():
            invoice_id = Invoice.objects.get(number__isnull=False).pk
        render_document(invoice_id=invoice_id)
        deliver_tenant(now=clock.now())
        with tenant_atomic():
            assert Message.objects.get(kind="INVOICE").state == Message.State.SENT
