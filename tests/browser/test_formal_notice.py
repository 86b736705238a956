"""A formal notice, from the question on Today to the letter and its mail, clicked for real."""

import io
import re
from decimal import Decimal

import pytest
from pypdf import PdfReader

from clients.models import Message
from clients.tasks import deliver_tenant
from core.references import rf_reference
from dunning.ladder_rows import write_shipped_ladders
from dunning.models import Approval, Notice
from dunning.tasks import dun_tenant
from invoices.models import Receivable
from tenants import clock
from tenants.files import read_file
from tenants.models import Role, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant, make_user
from tests.factories.dunning import (
    FIRM_DAY,
    FIRST_DAY,
    ISSUED,
    LAST_DAY,
    NOTICE_DAY,
    PRE_DUE_DAY,
)
from tests.stories.conftest import Story

LONGEST_WALK = 60  # presses of Tab


@pytest.fixture
def story(swept, smtp_sink, settings, request):
    """A late invoice whose reminders have all been mailed: the formal notice is asked for."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    slug = f"atelier-{len(request.node.name)}"
    tenant = make_tenant(slug, name="Atelier Morel", mode=Tenant.Mode.LIVE)
    with use_tenant(tenant):
        with tenant_atomic():
            write_shipped_ladders()
        story = Story(smtp_sink)
        story.tenant = tenant
        story.owner = make_user(f"claire@{slug}.example", tenant, Role.OWNER)
        story.bill = story.invoice(story.client(), on=ISSUED)
        for day in (PRE_DUE_DAY, FIRST_DAY, FIRM_DAY, LAST_DAY, NOTICE_DAY):
            story.run_day(day)
        yield story


@pytest.fixture
def open_at(app, open_page, story):
    """Pages of the business, late in the morning of the formal notice."""
    with app.at(clock.at_hour(NOTICE_DAY, 11)):
        yield lambda path: open_page(
            f"/t/{story.tenant.slug}/{path}", user=story.owner, language="en"
        )


def words_of(pdf):
    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", pages)


def words_on(page):
    return re.sub(r"\s+", " ", page.locator("main").inner_text())


def read_letter(page):
    """What the button shows in a tab of its own."""
    letters = []

    def pass_on(route):
        answer = route.fetch()
        letters.append(answer.body())
        route.fulfill(response=answer)

    page.context.route("**/letter/", pass_on)
    with page.expect_popup() as tab:
        page.click("text=See the letter")
    tab.value.wait_for_load_state()
    tab.value.close()
    [letter] = letters
    page.context.unroute("**/letter/", pass_on)
    return words_of(letter)


def work():
    """What a worker does when it is woken: claim, print, deliver."""
    dun_tenant()
    deliver_tenant()


def test_from_the_question_on_today_to_the_letter_and_its_mail(story, open_at):
    page = open_at("")
    page.click("li.task:has-text('Formal notice') .act a")
    page.wait_for_selector("h1:has-text('Formal notice · Garage Morvan')")
    assert "€1,251.98" in page.locator("#totals").inner_text()

    page.locator("[name^='indemnity-']").uncheck()
    page.wait_for_selector("#totals:has-text('€1,211.98')")
    letter = read_letter(page)
    assert ("1 211,98 €" in letter, "40,00 €" in letter) == (True, False)
    with tenant_atomic():
        assert Notice.objects.count() == 0
    page.click("button:has-text('Approve')")
    page.wait_for_selector(".toast.success")
    assert "Nothing waits for your word." in words_on(page)
    assert len(story.sink.received) == 4
    work()

    mail = story.sink.received[-1]
    assert (len(story.sink.received), mail.recipients) == (5, ["compta@morvan.example"])
    assert mail.subject == "Mise en demeure de payer : 1 211,98 €"
    with tenant_atomic():
        notice = Notice.objects.select_related("document", "message").get()
        assert (notice.principal, notice.interest, notice.indemnity) == (
            Decimal("1200.00"),
            Decimal("11.98"),
            Decimal("0.00"),
        )
        assert notice.message.state == Message.State.SENT
        claims = Receivable.objects.exclude(kind="INSTALLMENT")
        assert [(claim.kind, claim.amount) for claim in claims] == [("LATE_FEE", Decimal("11.98"))]
        stored = read_file(notice.document)
    [attached] = mail.message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (f"{notice.number}.pdf", stored)
    printed = words_of(stored)
    assert "1 211,98 €" in printed
    assert f"Mise en demeure de payer n° {notice.number}" in printed.replace("\u00a0", " ")
    assert rf_reference(notice.number) in printed.replace(" ", "")

    page.goto(page.url.partition("/dunning/")[0] + f"/invoices/{story.bill.public_id}/")
    shown = words_on(page)
    assert ("€11.98" in shown, "€40.00" in shown) == (True, False)
    assert "Formal notice" in shown


def test_a_notice_is_approved_by_the_keyboard_alone(story, open_at):
    with tenant_atomic():
        approval = Approval.objects.get(state=Approval.State.ASKED)
    page = open_at(f"dunning/approvals/{approval.public_id}/")

    for _press in range(LONGEST_WALK):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('main button.btn-1')"):
            break
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast.success")

    assert ring == "solid"
    with tenant_atomic():
        approval.refresh_from_db()
        assert (approval.state, approval.answered_by) == (Approval.State.GRANTED, story.owner)
