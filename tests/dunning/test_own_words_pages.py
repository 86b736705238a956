"""The pages of the words: read with real values, tried, kept, and taken back."""

import re

import pytest

from clients.delivery import deliver_tenant
from clients.models import Client
from dunning.ladder_rows import write_shipped_ladders
from dunning.models import Approval, OwnWords
from dunning.own_words import shipped
from tenants import clock
from tenants.models import Role, Tenant
from tests.conftest import make_user
from tests.dunning.old_book import IMPORTED, TOMORROW, agree_to_all, bring_book, old
from tests.dunning.reading import text_of
from tests.factories.dunning import FIRM_DAY, FIRST_DAY, at, debtor, late_case, run, taken

# What every page costs: session, user, tenant, the scope's four, and one for the menu.
FRAME = 8
SAID = {"subject": "Chez {client}, {total}", "opening": "{bonjour}\n\nUn mot.", "closing": "Bien."}


@pytest.fixture
def as_owner(visit, client, owner):
    client.force_login(owner)
    return visit


@pytest.fixture
def book(inside):
    inside(
        lambda: bring_book(
            old("A", client="Petit", gross="300,00"), old("B", client="Grand", gross="4000,00")
        )
    )
    return lambda name: inside(lambda: Client.objects.get(name=name).public_id)


def words_of(inside):
    return inside(lambda: [(row.client and row.client.name, row.subject) for row in _rows()])


def _rows():
    return OwnWords.objects.select_related("client").order_by("id")


def drafts_of(page):
    return [line for _on, lines in page.context["by_day"] for line in lines if line.draft]


def test_each_mail_of_the_plan_leads_to_its_words_but_the_notice(as_owner, book):
    page = as_owner(f"dunning/plan/{book('Petit')}/", on=IMPORTED)

    assert [line.words for line in drafts_of(page)] == ["courteous", "firm", "last_call", ""]
    assert page.content.decode().count("Change the words") == 3


def test_the_form_holds_the_words_in_use_and_shows_their_real_values(as_owner, book):
    page = as_owner(f"dunning/plan/{book('Petit')}/words/courteous/", on=IMPORTED)

    ours = shipped("COURTEOUS", "fr")
    form = page.context["form"]
    assert form.initial == {
        "subject": ours.subject,
        "opening": ours.opening,
        "closing": ours.closing,
        "scope": "CLIENT",
    }
    assert page.context["draft"].subject == "Avez-vous pu régler votre facture A ?"
    assert "{retard}" in text_of(page)


def test_a_preview_keeps_nothing(as_owner, book, inside):
    path = f"dunning/plan/{book('Petit')}/words/courteous/"

    page = as_owner(path, {**SAID, "scope": "CLIENT", "act": "preview"}, on=IMPORTED)

    assert (page.status_code, words_of(inside)) == (200, [])
    assert page.context["draft"].subject == "Chez Petit, 300,00 €"
    assert page.context["form"].data["opening"] == SAID["opening"]


def test_htmx_gets_the_letter_alone_and_keeps_nothing(as_owner, book, inside):
    path = f"dunning/plan/{book('Petit')}/words/courteous/"

    page = as_owner(path, {**SAID, "scope": "CLIENT"}, on=IMPORTED, HTTP_HX_REQUEST="true")

    assert "<html" not in page.content.decode()
    assert "Chez Petit, 300,00" in text_of(page)
    assert words_of(inside) == []


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(as_owner, book, inside):
    path = f"dunning/plan/{book('Petit')}/words/courteous/"
    said = {
        "subject": "a\r\nBcc: x@example.com",
        "opening": "{montant}",
        "closing": "x" * 1001,
        "scope": "CLIENT",
    }

    page = as_owner(path, said, on=IMPORTED)

    assert (page.status_code, words_of(inside)) == (422, [])
    errors = page.context["form"].errors
    assert errors["subject"] == ["The subject is one line."]
    assert errors["opening"][0].startswith(
        "{montant} is not known here. You can write: {bonjour}, {contact}, {client}"
    )
    assert sorted(errors) == ["closing", "opening", "subject"]
    assert "x" * 1001 in page.content.decode()
    assert page.context["draft"].subject == "Avez-vous pu régler votre facture A ?"


def test_what_is_kept_for_a_client_is_his_alone_and_shows_in_his_plan(as_owner, book, inside):
    petit, mail = book("Petit"), f"{TOMORROW}-EMAIL-FIRST"
    path = f"dunning/plan/{petit}/words/courteous/"

    answer = as_owner(path, {**SAID, "scope": "CLIENT", "mail": mail}, on=IMPORTED)

    assert answer["Location"].endswith(f"/dunning/plan/{petit}/#{mail}")
    assert words_of(inside) == [("Petit", SAID["subject"])]
    page = as_owner(f"dunning/plan/{petit}/", on=IMPORTED)
    assert [(line.draft.subject, line.is_own) for line in drafts_of(page)][:2] == [
        ("Chez Petit, 300,00 €", True),
        ("Impayé depuis le 1er janvier 2026 : votre facture A", False),
    ]
    other = as_owner(f"dunning/plan/{book('Grand')}/", on=IMPORTED)
    assert drafts_of(other)[0].draft.subject == "Avez-vous pu régler votre facture B ?"


def test_an_owner_extends_them_to_all_and_goes_back(as_owner, book, inside):
    path = f"dunning/plan/{book('Petit')}/words/courteous/"
    as_owner(path, {**SAID, "scope": "CLIENT"}, on=IMPORTED)

    as_owner(path, {**SAID, "scope": "ALL"}, on=IMPORTED)

    assert words_of(inside) == [(None, SAID["subject"])]
    assert "for all my clients" in as_owner(path, on=IMPORTED).context["reset_label"]
    as_owner(path, {"act": "reset"}, on=IMPORTED)
    assert words_of(inside) == []


@pytest.mark.parametrize("data", [{**SAID, "scope": "ALL"}, {"act": "reset"}])
def test_what_all_clients_read_is_for_the_owner_to_say(visit, as_owner, client, book, inside, data):
    as_owner("settings/dunning/words/courteous/fr/", SAID, on=IMPORTED)
    kept = words_of(inside)
    client.force_login(inside(_member))

    visit(f"dunning/plan/{book('Petit')}/words/courteous/", data, on=IMPORTED)

    assert words_of(inside)[: len(kept)] == kept
    assert [name for name, _subject in words_of(inside)[len(kept) :]] in ([], ["Petit"])


def _member():
    return make_user("other@acme.example", Tenant.objects.get(slug="acme"), Role.MEMBER)


def test_an_accountant_reads_the_plan_and_changes_no_word(visit, client, book, accountant):
    client.force_login(accountant)
    petit = book("Petit")

    page = visit(f"dunning/plan/{petit}/", on=IMPORTED)

    assert (page.status_code, "Change the words" in page.content.decode()) == (200, False)
    assert visit(f"dunning/plan/{petit}/words/firm/", on=IMPORTED).status_code == 403


@pytest.mark.parametrize("words", ["notice", "dispute", "unknown"])
def test_there_is_no_page_for_other_letters(as_owner, book, words):
    assert as_owner(f"dunning/plan/{book('Petit')}/words/{words}/").status_code == 404
    assert as_owner(f"settings/dunning/words/{words}/fr/").status_code == 404
    assert as_owner("settings/dunning/words/firm/de/").status_code == 404


@pytest.mark.parametrize("letter", ["coming", "thanks"])
def test_a_letter_that_the_plan_does_not_have_is_shown_by_example(as_owner, book, letter):
    page = as_owner(f"dunning/plan/{book('Petit')}/words/{letter}/", on=IMPORTED)

    assert "votre facture A" in page.context["draft"].text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_new_business_reads_about_a_debt_made_up(as_owner, inside, language):
    inside(write_shipped_ladders)

    page = as_owner(f"settings/dunning/words/firm/{language}/", on=IMPORTED)

    assert "2026-0042" in page.context["draft"].subject


def test_the_settings_list_the_words_and_mark_what_was_changed(
    as_owner, book, inside, django_assert_num_queries
):
    as_owner("settings/dunning/words/firm/en/", {"subject": "Ours, now"}, on=IMPORTED)
    for name in ("Petit", "Grand"):
        path = f"dunning/plan/{book(name)}/words/thanks/"
        as_owner(path, {"subject": "Merci", "scope": "CLIENT"}, on=IMPORTED)

    as_owner("settings/dunning/words/", on=IMPORTED)
    with django_assert_num_queries(FRAME + 2):
        page = as_owner("settings/dunning/words/", on=IMPORTED)

    text = text_of(page)
    assert text.count("changed by you") == 1
    assert "Ours, now" in text
    assert "Grand · Thanks Petit · Thanks" in re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("apart", [0, 2])
def test_the_plan_of_a_client_costs_the_same_with_own_words(
    as_owner, book, inside, django_assert_num_queries, apart
):
    petit = book("Petit")
    for letter in ("courteous", "firm")[:apart]:
        path = f"dunning/plan/{petit}/words/{letter}/"
        as_owner(path, {**SAID, "scope": "CLIENT"}, on=IMPORTED)
    as_owner(f"dunning/plan/{petit}/", on=IMPORTED)

    with django_assert_num_queries(QUERIES + bool(apart)):
        as_owner(f"dunning/plan/{petit}/", on=IMPORTED)


QUERIES = FRAME + 25


def test_the_page_of_an_approval_leads_to_the_words(visit, inside):
    def ask():
        case = late_case(debtor(firm_steps_alone=False))
        taken(case, "FIRST", FIRST_DAY)
        run(FIRM_DAY)
        return Approval.objects.get().public_id, case.client.public_id

    approval, client = inside(ask)

    page = visit(f"dunning/approvals/{approval}/", on=FIRM_DAY)

    assert f"/dunning/plan/{client}/words/firm/" in page.content.decode()


def test_the_mail_that_leaves_is_the_preview_word_for_word(as_acme, inside, site, client, owner,
                                                          smtp_sink):  # fmt: skip
    Tenant.objects.update(mode="LIVE")
    as_acme.mode = "LIVE"
    inside(lambda: bring_book(old("A", client="Petit"), old("B", client="Petit", gross="80,00")))
    inside(agree_to_all, firm_steps_alone=True)
    petit = inside(lambda: Client.objects.get().public_id)
    client.force_login(owner)
    said = {
        "subject": "{entreprise} : {numéro}",
        "opening": "{bonjour}\n\nIl reste {total}, depuis {retard}.",
        "closing": "",
        "scope": "ALL",
    }
    path = f"/t/acme/dunning/plan/{petit}/words/courteous/"
    with clock.as_of(at(IMPORTED, 11)):
        tried = client.post(path, {**said, "act": "preview"}).context["draft"]
        client.post(path, said)
        planned = drafts_of(client.get(f"/t/acme/dunning/plan/{petit}/"))[0].draft

    inside(run, TOMORROW)
    with clock.as_of(at(TOMORROW, 10)):
        deliver_tenant(now=at(TOMORROW, 10))

    (mail,) = smtp_sink.received
    assert mail.subject == tried.subject == planned.subject == "Acme : A et B"
    text = mail.message.get_body(("plain",)).get_content()
    assert _words(tried.text) == _words(planned.text) == _words(text)
    assert "Il reste 1 280,00 €, depuis 61 jours." in text.replace("\xa0", " ")


def _words(text):
    """Without the links, which only a message that exists has."""
    return re.sub(r"https?://\S+", "<link>", text.replace("\r\n", "\n")).strip()
