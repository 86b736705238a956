"""Five screens from a new business to its first invoice: each saves, can wait, and comes back."""

import datetime as dt
import io
import itertools

import pytest
from PIL import Image

from clients.delivery import deliver_tenant
from clients.models import Message, Sender
from invoices.models import Series
from invoices.numbering import first_series, take_number
from reports.setting_up import missing_settings, missing_steps, settings_query
from tenants import clock
from tenants.models import AuditEntry, Business, Membership, Role, StoredFile
from tenants.scope import use_tenant
from tests.conftest import make_tenant

WELCOME = "/t/acme/welcome/"
STEPS = ["business", "look", "bank", "numbers", "sending"]
IDENTITY = {
    "legal_name": "Acme SARL",
    "legal_form": "SARL",
    "siren": "732 829 320",
    "siret": "73282932000074",
    "vat_number": "FR44732829320",
    "vat_regime": "NORMAL",
    "address": "4 rue du Port",
    "postcode": "56100",
    "city": "Lorient",
}
PALE = "#F5C400"
DARK = "#0F5A46"


@pytest.fixture
def page(sign_in, owner):
    return sign_in(owner)


@pytest.fixture
def bare(inside):
    """A business of which nothing is known but its name."""
    inside(Business.objects.update, siren="", address="", city="", iban="", account_holder="")


def text_of(response):
    return " ".join(response.content.decode().split())


def lines_of(tenant):
    """The lines of Today: title and where each leads."""
    tasks = missing_settings(settings_query()[0], tenant)
    return {task.title: task.action_url for task in tasks}


def painted(color, size=(200, 80)):
    out = io.BytesIO()
    image = Image.new("RGB", size, "white")
    image.paste(color, (20, 20, 180, 60))
    image.save(out, "PNG")
    out.seek(0)
    out.name = "logo.png"
    return out


def test_every_screen_says_which_of_five_it_is_and_can_be_skipped(page):
    for number, step in enumerate(STEPS, start=1):
        following = (*STEPS, "")[number]

        shown = text_of(page.get(f"{WELCOME}{step}/"))

        assert f"Step {number} of 5" in shown
        assert f'href="{WELCOME}{following + "/" if following else ""}">Skip this step' in shown


def test_every_screen_but_the_first_leads_back(page):
    for before, step in itertools.pairwise(STEPS):
        assert page.get(f"{WELCOME}{step}/").context["previous_url"] == f"{WELCOME}{before}/"


def test_skipping_everything_changes_nothing_and_leaves_a_line_for_each(page, bare, inside, acme):
    for step in [*STEPS, ""]:
        assert page.get(f"{WELCOME}{step}/".replace("//", "/")).status_code == 200

    assert inside(missing_steps) == STEPS
    lines = inside(lines_of, acme)
    assert [url for url in lines.values() if "welcome" in url] == [
        f"{WELCOME}{step}/?back=today" for step in STEPS
    ]


def test_from_today_a_screen_stands_alone_and_leads_back_to_it(page, inside):
    shown = text_of(page.get(f"{WELCOME}bank/?back=today"))
    saved = page.post(f"{WELCOME}business/?back=today", IDENTITY)

    assert ("Skip this step" in shown, "Back to Today" in shown) == (False, True)
    assert saved.url == "/t/acme/"


def test_the_business_is_saved_with_its_trace(page, bare, inside):
    response = page.post(f"{WELCOME}business/", IDENTITY)

    assert response.url == f"{WELCOME}look/"
    assert inside(Business.objects.get).siren == "732829320"
    assert inside(AuditEntry.objects.latest, "id").act == "update_business"
    assert "business" not in inside(missing_steps)


def test_facts_of_the_register_are_shown_and_nothing_is_saved_by_looking(page, bare, inside):
    shown = page.get(f"{WELCOME}business/", {"siren": "732829320", "city": "VANNES"})

    assert shown.context["form"]["city"].value() == "VANNES"
    assert "Found in the public register" in text_of(shown)
    assert inside(Business.objects.get).city == ""


def test_a_colour_that_can_be_read_is_kept_and_settles_the_look(page, inside, acme):
    assert "look" in inside(missing_steps)

    response = page.post(f"{WELCOME}look/", {"which": "color", "color": DARK.lower()})

    acme.refresh_from_db()
    assert (response.url, acme.color) == (f"{WELCOME}bank/", DARK)
    assert "look" not in inside(missing_steps)


def test_a_pale_colour_is_refused_and_a_readable_one_is_proposed(page, acme):
    response = page.post(f"{WELCOME}look/", {"which": "color", "color": PALE})

    assert response.status_code == 422
    sentence = response.context["form"].errors["color"][0]
    assert "#F5C400 is too pale" in sentence
    assert "#907200" in sentence
    acme.refresh_from_db()
    assert acme.color == "#1E3A5F"


def test_the_preview_draws_the_readable_colour_and_says_what_is_wrong(page):
    shown = page.get(f"{WELCOME}look/header/", {"color": PALE})

    assert (shown.context["color"], shown.context["is_readable"]) == ("#907200", False)
    assert "Take #907200" in text_of(shown)


@pytest.mark.parametrize("color", ["", "red", '"><script>alert(1)</script>'])
def test_the_preview_of_no_colour_is_that_of_the_one_there_is(page, color):
    shown = page.get(f"{WELCOME}look/header/", {"color": color})

    assert shown.context["color"] == "#1E3A5F"
    assert "<script>" not in text_of(shown)


def test_a_name_of_somebody_with_a_taste_for_markup_is_drawn_as_text(page, inside):
    inside(Business.objects.update, legal_name='</svg><script>alert("x")</script>')

    assert "<script>alert" not in text_of(page.get(f"{WELCOME}look/"))


def test_a_logo_is_put_on_at_once_and_its_colour_proposed(page, inside):
    response = page.post(
        f"{WELCOME}look/", {"which": "logo", "logo": painted((15, 90, 70))}, follow=True
    )

    assert response.redirect_chain == [(f"{WELCOME}look/", 302)]
    assert response.context["of_logo"] == DARK
    assert "Take the colour of the logo" in text_of(response)
    assert inside(lambda: Business.objects.get().logo_id) is not None


def test_a_grey_logo_proposes_no_colour(page):
    grey = painted((90, 90, 90))

    response = page.post(f"{WELCOME}look/", {"which": "logo", "logo": grey}, follow=True)

    assert response.context["of_logo"] == ""


@pytest.mark.parametrize(("content", "why"), [(b"MZ\x90", "not a PNG"), (None, "Choose a file")])
def test_what_is_no_logo_is_refused_beside_its_field(page, inside, content, why):
    upload = {} if content is None else {"logo": io.BytesIO(content)}

    response = page.post(f"{WELCOME}look/", {"which": "logo", **upload})

    assert response.status_code == 422
    assert why in response.context["logo_form"].errors["logo"][0]
    assert inside(StoredFile.objects.count) == 0


BANK = {"account_holder": "Acme SARL", "iban": "FR76 3000 6000 0112 3456 7890 189", "bic": ""}


def test_the_first_account_is_given_without_a_password(page, bare, inside):
    shown = page.get(f"{WELCOME}bank/")
    response = page.post(f"{WELCOME}bank/", BANK)

    assert "password" not in shown.context["form"].fields
    assert shown.context["form"]["account_holder"].value() == "Acme SARL"
    assert response.url == f"{WELCOME}numbers/"
    assert inside(Business.objects.get).iban == "FR7630006000011234567890189"


def test_another_account_asks_for_the_password(page, inside):
    other = BANK | {"iban": "FR1420041010050500013M02606"}

    refused = page.post(f"{WELCOME}bank/", other)
    accepted = page.post(f"{WELCOME}bank/", other | {"password": "a-long-password"})

    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert inside(Business.objects.get).iban == "FR1420041010050500013M02606"


def test_a_wrong_iban_is_refused_beside_its_field_and_kept_as_typed(page, bare, inside):
    response = page.post(f"{WELCOME}bank/", BANK | {"iban": "FR76 3000"})

    assert (response.status_code, sorted(response.context["form"].errors)) == (422, ["iban"])
    assert 'value="FR76 3000"' in text_of(response)
    assert inside(Business.objects.get).iban == ""


def test_no_account_is_a_step_left_for_later(page, bare, inside):
    response = page.post(f"{WELCOME}bank/", BANK | {"iban": ""})

    assert response.url == f"{WELCOME}numbers/"
    assert "bank" in inside(missing_steps)


def first_number():
    return first_series(kind=Series.Kind.INVOICE, year=clock.today().year)


PLAIN = {"pattern": "F-{year}-{number:04d}", "first_number": "1"}


def test_the_series_goes_on_from_the_last_invoice(page, inside):
    year = inside(lambda: clock.today().year)

    response = page.post(f"{WELCOME}numbers/", PLAIN | {"last": f"F-{year}-0412"})

    assert response.url == f"{WELCOME}sending/"
    assert inside(first_number) == ("F-{year}-{number:04d}", 413, False)
    assert "numbers" not in inside(missing_steps)


def test_a_new_series_may_look_as_one_likes(page, inside):
    page.post(f"{WELCOME}numbers/", {"last": "", "pattern": "AM{number}", "first_number": "7"})

    assert inside(first_number) == ("AM{number}", 7, False)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"last": "facture"}, "last"),
        ({"last": "N° {12} é"}, "last"),
        ({"last": "F-2026-99999999999"}, "last"),
        ({"pattern": "F"}, "pattern"),
        ({"first_number": "0"}, "first_number"),
    ],
)
def test_a_number_that_cannot_be_is_refused_beside_its_field(page, inside, data, field):
    response = page.post(f"{WELCOME}numbers/", PLAIN | data)

    assert (response.status_code, sorted(response.context["form"].errors)) == (422, [field])
    assert inside(Series.objects.count) == 0


def test_the_number_to_come_is_shown_while_one_types(page, inside):
    year = inside(lambda: clock.today().year)
    url = f"{WELCOME}numbers/next/"

    known = page.get(url, PLAIN | {"last": f"{year}/88"})
    unknown = page.get(url, PLAIN | {"last": "none"})

    assert f"{year}/89" in text_of(known)
    assert "holds no number to go on from" in text_of(unknown)


def test_a_series_that_has_begun_is_shown_and_refuses(page, inside):
    def begin():
        take_number(kind=Series.Kind.INVOICE, issued_on=clock.today())

    inside(begin)

    shown = text_of(page.get(f"{WELCOME}numbers/"))
    refused = page.post(f"{WELCOME}numbers/", PLAIN | {"first_number": "500"})

    assert "This series has begun" in shown
    assert refused.status_code == 422
    assert inside(first_number)[1:] == (2, True)


OURS = {"way": "OURS", "reply_to": "", "port": "587", "security": "STARTTLS"}


def test_a_test_mail_really_leaves_and_the_answer_is_shown(page, inside, acme, smtp_sink):
    response = page.post(f"{WELCOME}sending/", OURS | {"test": "1"}, follow=True)
    assert "is on its way" in text_of(response)

    with use_tenant(acme):
        deliver_tenant(now=clock.now())
    told = text_of(page.get(f"{WELCOME}sending/test/"))

    assert smtp_sink.received[0].recipients == ["owner@acme.example"]
    assert "250 2.0.0 Ok: queued" in told
    assert "every 2s" not in told


def test_a_test_mail_that_is_refused_says_why(page, acme, smtp_sink):
    smtp_sink.at_rcpt.append("550 5.7.1 Relaying denied")
    page.post(f"{WELCOME}sending/", OURS | {"test": "1"})
    with use_tenant(acme):
        deliver_tenant(now=clock.now())

    told = text_of(page.get(f"{WELCOME}sending/"))

    assert "did not leave" in told
    assert "550 5.7.1 Relaying denied" in told


def test_two_clicks_ask_for_one_test_mail(page, inside, smtp_sink):
    for _each in range(2):
        page.post(f"{WELCOME}sending/", OURS | {"test": "1"})

    assert inside(Message.objects.count) == 1


def test_ones_own_server_is_checked_by_the_form_of_the_settings(page, inside):
    response = page.post(f"{WELCOME}sending/", OURS | {"way": "OWN_SMTP"})

    assert sorted(response.context["form"].errors) == ["from_email", "host"]
    assert inside(Sender.objects.count) == 0


def test_going_on_without_a_change_keeps_the_proof(page, inside):
    def prove():
        Sender.objects.create(proved_at=clock.now())

    inside(prove)

    response = page.post(f"{WELCOME}sending/", OURS)

    assert response.url == WELCOME
    assert inside(Sender.objects.get).proved_at is not None


def test_the_fork_offers_the_import_and_the_first_invoice(page):
    shown = text_of(page.get(WELCOME))

    assert 'href="/t/acme/invoices/import/"' in shown
    assert 'href="/t/acme/invoices/new/"' in shown
    assert "Look at the demo" not in shown


def test_the_fork_says_how_to_see_the_demo_where_there_is_one(page, settings):
    make_tenant("demo", is_demo=True)
    settings.DEMO = True

    assert "claire@atelier-morel.example" in text_of(page.get(WELCOME))


def test_a_mail_server_alone_asks_for_a_test_mail(inside, acme, settings):
    settings.MAIL_IS_SET = True

    assert inside(lines_of, acme)["A test mail"] == f"{WELCOME}sending/?back=today"


def test_a_message_that_left_is_proof_enough(inside, acme, settings):
    settings.MAIL_IS_SET = True

    def sent():
        Message.objects.create(
            kind="TEST", state="SENT", to_email="x@acme.example", frozen_at=clock.now()
        )

    inside(sent)

    assert "sending" not in inside(missing_steps)


def test_members_see_no_lines_of_the_onboarding(sign_in, member):
    assert "welcome" not in text_of(sign_in(member).get("/t/acme/"))
    assert Membership.objects.get(user=member).role == Role.MEMBER


@pytest.mark.parametrize("day", [dt.date(2026, 1, 2), dt.date(2026, 12, 31)])
def test_the_screens_live_at_the_day_of_the_business(page, day, acme):
    with use_tenant(acme):
        noon = clock.at_hour(day, 12)
    with clock.as_of(noon):
        shown = page.get(f"{WELCOME}numbers/")

    assert shown.context["next"] == "F-2026-0001"
