"""The tenant's own words: kept safely, and said everywhere alike until the mail has left."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from clients.delivery import deliver_tenant
from clients.models import Client, Message
from clients.senders import letterhead_in_use, writing_under
from core.errors import DomainError
from dunning.blanks import BadText, checked, filled
from dunning.case_facts import read_cases
from dunning.mails import render_reminder, render_thanks, write_reminder
from dunning.models import Case, OwnWords, Reminder
from dunning.own_words import BLANKS, Letter, Texts, shipped, wording_of
from dunning.services import change_words, forget_words
from tenants import clock
from tenants.language import LANGUAGES
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.dunning import (
    FIRM_DAY,
    FIRST_DAY,
    at,
    debtor,
    late_case,
    pay,
    run,
)

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
EVERY = frozenset(BLANKS[Letter.FIRM])


def say(letter=Letter.COURTEOUS, *, client=None, language="fr", for_all=False, **texts):
    return change_words(
        client=client,
        letter=letter,
        language=language,
        texts=Texts(**texts),
        for_all=for_all,
        user=None,
        now=NOW,
    )


def reminder_of(client, *, on=FIRST_DAY, language="fr"):
    """The first reminder to a client about all his debts, as written on that day."""
    cases = list(Case.objects.filter(client=client).order_by("id").values_list("pk", flat=True))
    facts = {"step": "FIRST", "late": cases, "coming": []}
    with clock.as_of(at(on)):
        return render_reminder(Message(client=client, language=language, facts=facts))


# --- the text itself --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{montant}", "{montant} is not known here. You can write: {bonjour}, {contact}"),
        ("{0.__class__}", "{0.__class__} is not known here."),
        ("{client.__init__}", "{client.__init__} is not known here."),
        ("{total!r:>99}", "{total!r:>99} is not known here."),
        ("{}", "{} is not known here."),
        ("{% load look %}", "{% load look %} is not known here."),
        ("{{ total }}", "A brace stands alone: write for example {client}"),
        ("a { b", "A brace stands alone"),
        ("[[pay:0b5e…]]", "Write one square bracket"),
        ("a\x00b", "A character in it cannot be seen"),
        ("1 200 \u202e€ 00", "A character in it cannot be seen"),
    ],
)
def test_what_nobody_fills_in_is_refused_by_name(text, said):
    with pytest.raises(BadText) as refusal:
        checked(text, language="fr", allowed=EVERY)

    assert str(refusal.value).startswith(said)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b"])
def test_a_subject_holds_no_second_line(end):
    with pytest.raises(BadText, match="The subject is one line"):
        checked(f"Rappel{end}Bcc: all@example.com", language="fr", allowed=EVERY, one_line=True)


def test_what_fills_a_blank_is_not_read_again():
    values = {"client": "{total} {% now %} %(x)s", "total": "5"}

    assert filled("{client} {total}", values) == "{total} {% now %} %(x)s 5"


@pytest.mark.parametrize("name", ["échéance", "echeance", "Échéance", " due_date ", "due date"])
def test_a_blank_is_known_however_it_is_typed(name):
    text = checked(f"le {{{name}}}", language="fr", allowed=EVERY)

    assert filled(text, {"due_on": "4 mars"}) == "le 4 mars"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", Letter)
def test_our_own_words_pass_the_rule_for_theirs(letter, language):
    texts = shipped(letter, language)

    allowed = BLANKS[letter]
    assert checked(texts.subject, language=language, allowed=allowed, one_line=True)
    assert checked(texts.opening, language=language, allowed=allowed) == texts.opening
    assert checked(texts.closing, language=language, allowed=allowed) == texts.closing


def test_thanks_ask_for_nothing_so_they_name_no_total(in_acme):
    with pytest.raises(BadText, match=r"\{total\} is not known here"):
        say(Letter.THANKS, opening="Merci pour {total}.")


@pytest.mark.parametrize(("letter", "language"), [("NOTICE", "fr"), ("FIRM", "de")])
def test_the_formal_notice_has_no_words_to_change(in_acme, letter, language):
    with pytest.raises(DomainError, match="cannot be changed"):
        say(letter, language=language, opening="Payez.")


# --- what a letter says -----------------------------------------------------------------------


def test_own_words_stand_around_the_lines_that_stay_ours(in_acme):
    client = debtor("Garage & Fils")
    case = late_case(client)
    late_case(client, net="500")
    number = case.invoice.number
    say(
        subject="{client} : {total}",
        opening="{bonjour}\n\n<b>Petit rappel</b> de {entreprise}, {retard}.",
        closing="À bientôt, {contact}.",
    )

    mail = reminder_of(client)

    assert mail.subject == "Garage & Fils : 1 800,00 €"
    assert mail.text.startswith("Bonjour Anne Morvan,\n\n<b>Petit rappel</b> de Acme, 2 jours.\n")
    text = mail.text.replace("\xa0", " ")
    for ours in (
        f"- {number}, échéance 4 mars 2026 : 1 200,00 € (2 j de retard)",
        "Total : 1 800,00 €",
        "Voir et régler : https://…",
        "Déjà réglé : https://…",
        "Si votre règlement est parti, ne tenez pas compte de ce message.",
    ):
        assert text.index("Petit rappel") < text.index(ours) < text.index("bientôt")
    assert "&lt;b&gt;Petit rappel&lt;/b&gt;" in mail.html
    assert "Si votre règlement est parti" in mail.html


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("fr", 1, "votre facture {0} du 4 mars 2026, 2 jours, 1 200,00 €"),
        ("fr", 2, "vos factures {0} et {1} du 4 mars 2026, 2 jours, 2 400,00 €"),
        ("fr", 4, "vos 4 factures du 4 mars 2026, 2 jours, 4 800,00 €"),
        ("en", 1, "your invoice {0} du 4 March 2026, 2 days, €1,200.00"),
        ("en", 3, "your invoices {0}, {1} and {2} du 4 March 2026, 2 days, €3,600.00"),
    ],
)
def test_one_invoice_and_several_read_alike(in_acme, language, count, said):
    client = debtor(language=language)
    numbers = [late_case(client).invoice.number for _each in range(count)]
    say(language=language, opening="{factures} du {échéance}, {retard}, {total}")

    mail = reminder_of(client, language=language)

    assert mail.text.splitlines()[0].replace("\xa0", " ") == said.format(*numbers)


def test_an_empty_part_and_one_like_ours_stay_ours(in_acme):
    client = debtor()
    late_case(client)
    ours = reminder_of(client)

    row = say(subject="", opening=shipped("COURTEOUS", "fr").opening, closing="Cordialement.")

    assert (row.subject, row.opening, row.closing) == ("", "", "Cordialement.")
    mail = reminder_of(client)
    assert mail.subject == ours.subject
    assert mail.text == ours.text.replace(shipped("COURTEOUS", "fr").closing, "Cordialement.")
    assert say(closing=" ") is None
    assert OwnWords.objects.count() == 0
    assert reminder_of(client) == ours


def test_a_client_has_words_of_his_own_over_those_for_all(in_acme):
    client, other = debtor("Petit"), debtor("Grand")
    late_case(client)
    late_case(other)
    say(subject="À tous", closing="Merci.")
    say(client=client, subject="À vous", closing="Merci.")

    assert [reminder_of(each).subject for each in (client, other)] == ["À vous", "À tous"]
    assert OwnWords.objects.get(client=client).closing == ""  # it follows what is said to all
    say(closing="Bien à vous.")
    assert "Bien à vous." in reminder_of(client).text

    say(client=client, subject="À chacun", for_all=True)

    assert [reminder_of(each).subject for each in (client, other)] == ["À chacun", "À chacun"]
    assert OwnWords.objects.get().client is None


def test_each_language_and_each_letter_has_its_own(in_acme):
    client = debtor()
    late_case(client)
    say(Letter.FIRM, subject="Ferme")
    say(language="en", subject="Hello")

    assert reminder_of(client).subject.startswith("Avez-vous pu régler votre facture")
    assert reminder_of(client, language="en").subject == "Hello"


def test_a_part_payment_is_thanked_for_in_any_words(in_acme):
    case = late_case()
    say(opening="Il reste à payer.")
    message = Message(
        client=case.client,
        language="fr",
        facts={"step": "FIRST", "late": [case.pk], "coming": []},
    )
    step = Reminder(case=case, step="FIRST", cycle=1, snapshot={"asks_rest": True})

    mail = write_reminder(message, read_cases([case.pk], today=FIRST_DAY), [step])

    assert mail.text.startswith("Il reste à payer.\n\nNous avons bien reçu votre versement partiel")
    assert "<p>Nous avons bien reçu votre versement partiel" in mail.html


def test_thanks_are_in_own_words_too(in_acme):
    case = late_case()
    say(Letter.THANKS, subject="Bien reçu", opening="{bonjour}\n\nReçu pour {factures}, merci !")
    pay(case, "1200", on=FIRST_DAY)

    message = Message(client=case.client, language="fr", facts={"cases": [case.pk]})
    mail = render_thanks(message)

    assert mail.subject == "Bien reçu"
    assert f"Reçu pour votre facture {case.invoice.number}, merci !" in mail.text


# --- the mail that leaves ---------------------------------------------------------------------


def deliver(on, hour=10):
    with clock.as_of(at(on, hour)):
        deliver_tenant(now=at(on, hour))


@pytest.fixture
def live(as_acme, smtp_sink):
    Tenant.objects.update(mode="LIVE")
    as_acme.mode = "LIVE"
    return as_acme


def test_the_timer_sends_the_words_of_the_moment(live, smtp_sink):
    with tenant_atomic():
        client = debtor("Petit\r\nBcc: x@example.com")
        late_case(client)
        say(subject="{client} avant", opening="Avant.")
        run(FIRST_DAY)
        say(subject="{client} après", opening="Après.")

    deliver(FIRST_DAY)
    with tenant_atomic():
        say(subject="Trop tard")
    deliver(FIRST_DAY, hour=11)

    (mail,) = smtp_sink.received
    assert mail.subject == "Petit Bcc: x@example.com après"
    assert mail.recipients == ["compta@morvan.example"]
    assert mail.message["Bcc"] is None
    assert "Après." in mail.message.get_body(("plain",)).get_content()
    with tenant_atomic():
        assert Message.objects.get(state="SENT").subject == "Petit Bcc: x@example.com après"


def test_two_tenants_never_read_each_others_words(acme, globex):
    with use_tenant(acme), tenant_atomic():
        say(subject="Acme")

    with use_tenant(globex), tenant_atomic():
        assert wording_of(None, Letter.COURTEOUS, "fr").texts == shipped("COURTEOUS", "fr")
        assert OwnWords._base_manager.count() == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM dunning_ownwords")
            assert cursor.fetchone() == (0,)


def test_words_for_a_client_of_another_tenant_are_refused(acme, globex):
    with use_tenant(globex), tenant_atomic():
        foreign = debtor()
    with (
        use_tenant(acme),
        pytest.raises(IntegrityError),
        tenant_atomic(),
    ):
        OwnWords.objects.create(
            client=foreign, letter="FIRM", language="fr", subject="x", changed_at=NOW
        )


def test_the_database_keeps_one_row_for_all_and_none_that_says_nothing(in_acme):
    say(subject="Une fois")
    row = {"letter": "COURTEOUS", "language": "fr", "changed_at": NOW}

    for fields in ({"subject": "Deux fois"}, {"letter": "FIRM"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OwnWords.objects.create(**{**row, **fields})


def test_a_batch_reads_the_words_once_and_once_for_each_client_apart(
    in_acme, django_assert_num_queries
):
    clients = [debtor(f"Client {place}") for place in range(4)]
    say(subject="À tous")
    say(client=clients[0], subject="À vous")

    with writing_under(letterhead_in_use()), django_assert_num_queries(2):
        said = [
            wording_of(client.pk, Letter.COURTEOUS, "fr").texts.subject
            for client in [*clients, *clients]
        ]

    assert said == ["À vous", "À tous", "À tous", "À tous"] * 2


# --- the trail --------------------------------------------------------------------------------


def test_every_version_is_in_the_audit_trail(in_acme, owner):
    client = debtor()
    before = AuditEntry.objects.count()
    for subject in ("Un", "Deux", "Deux"):
        say(client=client, subject=subject)
    for _each in range(2):
        forget_words(client=client, letter="COURTEOUS", language="fr", user=owner, now=NOW)

    trail = AuditEntry.objects.order_by("id")[before:]
    assert [
        (entry.act, entry.before.get("subject"), entry.after.get("subject")) for entry in trail
    ] == [
        ("change_words", None, "Un"),
        ("change_words", "Un", "Deux"),
        ("forget_words", "Deux", None),
    ]
    assert trail[0].after["client"] == str(client.public_id)
    assert trail[2].user == owner


def test_an_import_undone_takes_a_clients_words_with_it(in_acme):
    from dunning.imports import forget_profiles

    client = debtor()
    say(client=client, subject="À vous")

    forget_profiles([client.pk])

    assert OwnWords.objects.count() == 0
    assert Client.objects.filter(pk=client.pk).exists()


def test_two_currencies_are_said_side_by_side(in_acme):
    client = debtor()
    late_case(client)
    other = late_case(client, net="500").receivable
    type(other).objects.filter(pk=other.pk).update(currency="USD")
    say(subject="{total}")

    assert reminder_of(client, on=FIRM_DAY).subject == "1 200,00 € et 600,00 $"
