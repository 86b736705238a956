"""Pages of clients: what is shown, what is refused, and how many queries it takes."""

import datetime as dt

import pytest

from clients import panels
from clients.models import Client, Message, Person, Sender
from clients.panels import ClientPanel, ListColumn, register_list_column, register_panel
from clients.services import send_message
from tenants import navigation
from tenants.models import AuditEntry
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.clients import make_client, make_person, queue_probe, register_probe

NOW = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)
LIST = "/t/acme/clients/"


@pytest.fixture
def browser(client, member):
    client.force_login(member)
    return client


@pytest.fixture
def acme_rows(acme):
    """Make rows of acme inside a short scope."""

    def make(function, *args, **kwargs):
        with use_tenant(acme), tenant_atomic():
            return function(*args, **kwargs)

    return make


@pytest.fixture
def no_plugs(monkeypatch):
    """Without what other apps put on these pages."""
    for registry in ("_panels", "_columns", "_acts"):
        monkeypatch.setattr(panels, registry, {})
    monkeypatch.setattr(navigation, "_counts", {})


def url(client_row, tail=""):
    return f"{LIST}{client_row.public_id}/{tail}"


def form(**changed):
    fields = {
        "kind": "BUSINESS",
        "name": "Atelier Morel",
        "country": "FR",
        "person-role": "BILLING",
    }
    return {**fields, **changed}


# the list ---------------------------------------------------------------------------------


def test_the_empty_list_says_what_to_do(browser):
    page = browser.get(LIST, headers={"accept-language": "en"}).content.decode()

    assert "Add the first one" in page
    assert 'href="/t/acme/clients/new/"' in page


@pytest.mark.parametrize("query", ["elodie", "ÉLODIE", "c0042", "732829", "lorient"])
def test_a_client_is_found_by_name_number_siren_or_city(browser, acme_rows, query):
    acme_rows(make_client, "Élodie Œuvre", number="C0042", siren="732829320", city="Lorient")
    acme_rows(make_client, "Dupont")

    page = browser.get(LIST, {"q": query}).content.decode()

    assert ("Élodie Œuvre" in page, "Dupont" in page) == (True, False)


def test_the_list_is_paged_both_ways(browser, acme_rows, monkeypatch):
    monkeypatch.setattr("clients.views.records.PAGE", 2)
    for name in ("E", "C", "A", "D", "B"):
        acme_rows(make_client, name)

    first = browser.get(LIST).context
    second = browser.get(LIST + first["page"].older_url).context
    third = browser.get(LIST + second["page"].older_url).context
    back = browser.get(LIST + third["page"].newer_url).context

    names = [[row["client"].name for row in page["rows"]] for page in (first, second, third, back)]
    assert names == [["A", "B"], ["C", "D"], ["E"], ["C", "D"]]
    assert (first["page"].newer_url, third["page"].older_url) == ("", "")


@pytest.mark.parametrize("edge", ["nonsense", "1f10ba58-6e26-40d2-96c3-84f7c9d576e6"])
def test_an_unknown_edge_gives_the_first_page(browser, acme_rows, edge):
    acme_rows(make_client, "A")

    assert len(browser.get(LIST, {"after": edge}).context["rows"]) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(
    browser, acme_rows, no_plugs, django_assert_num_queries, count
):
    for number in range(count):
        acme_rows(make_client, f"Client {number}")

    with django_assert_num_queries(8):
        browser.get(LIST)


def test_other_apps_add_columns(browser, acme_rows, no_plugs):
    row = acme_rows(make_client)
    register_list_column(
        ListColumn(key="probe", label="Solde", cells=lambda _ids: {row.pk: "1 234,50 €"})
    )

    page = browser.get(LIST).content.decode()

    assert ("Solde" in page, "1 234,50 €" in page) == (True, True)


# one client -------------------------------------------------------------------------------


def test_the_page_shows_people_and_messages_newest_first(browser, acme_rows):
    row = acme_rows(make_client)
    register_probe()
    for number in (1, 2):
        acme_rows(send_message, client=row, kind="PROBE", facts={"subject": str(number)})

    context = browser.get(url(row)).context

    newest = acme_rows(lambda: [str(m.public_id) for m in Message.objects.order_by("-id")])
    assert [event.url.split("/")[-2] for event in context["events"]] == newest
    assert [person.email for person in context["persons"]] == ["compta@dupont.example"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_a_fixed_number_of_queries(
    browser, acme_rows, no_plugs, django_assert_num_queries, count
):
    row = acme_rows(make_client)
    for number in range(count):
        acme_rows(queue_probe, row)
        acme_rows(make_person, row, email=f"p{number}@dupont.example")

    with django_assert_num_queries(10):
        browser.get(url(row))


def test_a_client_without_an_address_is_a_visible_task(browser, acme_rows):
    row = acme_rows(make_client, email="")

    page = browser.get(url(row), headers={"accept-language": "en"}).content.decode()

    assert "nobody here has a working email address" in page


def test_a_bounced_address_counts_as_none(browser, acme_rows):
    row = acme_rows(make_client)
    acme_rows(lambda: Person.objects.update(bounced_at=NOW))

    assert browser.get(url(row)).context["has_address"] is False


def test_other_apps_add_panels(browser, acme_rows, no_plugs):
    row = acme_rows(make_client)
    register_panel(
        ClientPanel(
            key="probe",
            template="components/banner.html",
            data=lambda client: {"text": client.name},
            place="SIDE",
        )
    )
    register_panel(ClientPanel(key="none", template="missing.html", data=lambda _client: None))

    context = browser.get(url(row)).context

    assert context["side_panels"] == [
        {"key": "probe", "template": "components/banner.html", "data": {"text": "Dupont"}}
    ]
    assert context["panels"] == []


# writing ----------------------------------------------------------------------------------


def test_a_client_is_added_with_the_person_to_write_to(browser, acme_rows, member):
    answer = browser.post(
        LIST + "new/",
        form(
            siret="732 829 320 00074",
            vat_number="fr 44 732829320",
            postcode="56 100",
            **{"person-name": "Anne", "person-email": "Anne@MOREL.example"},
        ),
    )

    row, person = acme_rows(lambda: (Client.objects.get(), Person.objects.get()))
    assert answer.headers["Location"] == url(row)
    assert (row.siren, row.siret, row.vat_number) == (
        "732829320",
        "73282932000074",
        "FR44732829320",
    )
    assert (row.postcode, row.search_key) == ("56100", "atelier morel")
    assert (person.name, person.email, person.client_id) == ("Anne", "Anne@morel.example", row.pk)
    acts = acme_rows(lambda: list(AuditEntry.objects.order_by("pk").values_list("act", "user_id")))
    assert acts == [("client_created", member.pk), ("person_added", member.pk)]


BAD = [
    ("siren", "123456789"),
    ("siret", "73282932000075"),
    ("vat_number", "FR00732829320"),
    ("postcode", "5610"),
    ("name", ""),
    ("country", "XX"),
    ("kind", "ROBOT"),
    ("person-email", "anne@"),
    ("person-phone", "call me"),
]


@pytest.mark.parametrize(("field", "typed"), BAD)
def test_bad_input_is_said_beside_its_field_and_nothing_is_kept(browser, acme_rows, field, typed):
    answer = browser.post(LIST + "new/", form(**{field: typed}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert not typed or f'value="{typed}"' in page or field in {"country", "kind"}
    assert acme_rows(Client.objects.count) == 0


def test_a_siret_of_another_company_is_refused(browser, acme_rows):
    answer = browser.post(LIST + "new/", form(siren="552100554", siret="73282932000074"))

    assert list(answer.context["form"].errors) == ["siret"]


def test_a_private_person_has_no_siren(browser, acme_rows):
    answer = browser.post(LIST + "new/", form(kind="CONSUMER", siren="732829320"))

    assert list(answer.context["form"].errors) == ["siren"]


def test_a_number_taken_is_said_beside_its_field(browser, acme_rows):
    acme_rows(make_client, number="C1")

    answer = browser.post(LIST + "new/", form(number="C1"))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["number"]
    assert acme_rows(Client.objects.count) == 1


def test_a_foreign_client_keeps_its_own_numbers(browser, acme_rows):
    browser.post(LIST + "new/", form(country="BE", vat_number="BE0403170701", postcode="1000"))

    row = acme_rows(Client.objects.get)
    assert (row.country, row.vat_number, row.postcode) == ("BE", "BE0403170701", "1000")


def test_editing_changes_the_record_and_its_search_key(browser, acme_rows):
    row = acme_rows(make_client)

    browser.post(url(row, "edit/"), form(name="Été & Fils", number="C7"))

    row = acme_rows(Client.objects.get)
    assert (row.name, row.search_key) == ("Été & Fils", "ete & fils c7")
    entry = acme_rows(lambda: AuditEntry.objects.get(act="client_changed"))
    assert (entry.before["name"], entry.after["name"]) == ("Dupont", "Été & Fils")


def test_a_person_is_changed_and_removed_but_what_they_got_stays(browser, acme_rows):
    row = acme_rows(make_client)
    person = acme_rows(lambda: Person.objects.get())
    acme_rows(lambda: Person.objects.update(bounced_at=NOW))
    register_probe()
    acme_rows(send_message, client=row, kind="PROBE", facts={}, person=person)
    page = f"{LIST}persons/{person.public_id}/"

    browser.post(page, {"role": "ACCOUNTING", "name": "Bo", "email": "bo@dupont.example"})
    person = acme_rows(Person.objects.get)
    assert (person.role, person.email, person.bounced_at) == (
        "ACCOUNTING",
        "bo@dupont.example",
        None,
    )

    browser.post(page + "remove/")
    assert browser.get(url(row)).context["persons"] == []
    assert acme_rows(lambda: Message.objects.get().person_id) == person.pk
    assert browser.get(page).status_code == 404


def test_a_person_needs_something_to_be_reached_by(browser, acme_rows):
    row = acme_rows(make_client, email="")

    answer = browser.post(url(row, "persons/new/"), {"role": "BILLING"})

    assert answer.status_code == 422
    assert acme_rows(Person.objects.count) == 0


def test_a_client_is_archived_and_brought_back(browser, acme_rows):
    row = acme_rows(make_client)

    browser.post(url(row, "archive/"))
    assert len(browser.get(LIST).context["rows"]) == 0
    assert len(browser.get(LIST, {"archived": ""}).context["rows"]) == 1

    browser.post(url(row, "unarchive/"))
    assert len(browser.get(LIST).context["rows"]) == 1


def test_stopping_shows_what_is_held_and_resuming_says_what_will_leave(browser, acme_rows):
    row = acme_rows(make_client)
    acme_rows(queue_probe, row)

    assert browser.get(url(row, "stop/")).status_code == 200
    browser.post(url(row, "stop/"))
    event = browser.get(url(row)).context["events"][0]
    resume = browser.get(url(row, "resume/"))

    assert event.chip == "HELD"
    assert resume.context["consequences"] == ["Probe"]
    browser.post(url(row, "resume/"))
    assert acme_rows(Client.objects.get).stopped_at is None


# calls ------------------------------------------------------------------------------------


def test_a_call_is_noted_and_another_asked_for(browser, acme_rows, member):
    row = acme_rows(make_client)

    browser.post(
        url(row, "call/"), {"outcome": "VOICEMAIL", "note": "Rappeler", "next_on": "2999-01-04"}
    )

    call, task = acme_rows(lambda: list(Message.objects.order_by("pk")))
    assert (call.kind, call.channel, call.state) == ("CALL", "CALL", "DONE")
    assert (call.facts["outcome"], call.body_text, call.created_by_id) == (
        "VOICEMAIL",
        "Rappeler",
        member.pk,
    )
    assert (task.kind, task.state, task.send_on) == ("CALL_TASK", "TODO", dt.date(2999, 1, 4))


def test_a_call_settles_its_task(browser, acme_rows):
    row = acme_rows(make_client)
    from clients.services import ask_for_call

    task = acme_rows(ask_for_call, client=row, why="Adresse refusée")

    browser.post(url(row, f"call/?task={task.public_id}"), {"outcome": "ANSWERED"})

    assert acme_rows(lambda: Message.objects.get(pk=task.pk).state) == "DONE"


def test_the_next_call_cannot_be_in_the_past(browser, acme_rows):
    row = acme_rows(make_client)

    answer = browser.post(url(row, "call/"), {"outcome": "ANSWERED", "next_on": "2020-01-01"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["next_on"]
    assert acme_rows(Message.objects.count) == 0


# who may -----------------------------------------------------------------------------------

WRITING = ["new/", "{}/edit/", "{}/persons/new/", "{}/call/", "{}/stop/", "{}/archive/"]


@pytest.mark.parametrize("tail", WRITING)
def test_an_accountant_reads_and_does_not_write(client, accountant, acme_rows, tail):
    row = acme_rows(make_client)
    client.force_login(accountant)

    assert client.post(LIST + tail.format(row.public_id), form()).status_code == 403
    assert client.get(url(row)).status_code == 200
    assert client.get(LIST).status_code == 200


@pytest.mark.parametrize("tail", ["", "{}/", "{}/edit/"])
def test_a_stranger_finds_nothing(client, stranger, acme_rows, tail):
    row = acme_rows(make_client)
    client.force_login(stranger)

    assert client.get(LIST + tail.format(row.public_id)).status_code == 404
    assert client.get(f"/t/globex/clients/{row.public_id}/").status_code == 404


# sending settings ---------------------------------------------------------------------------


@pytest.fixture
def boss(client, owner):
    client.force_login(owner)
    return client


SENDING = "/t/acme/settings/sending/"
OWN = {
    "way": "OWN_SMTP",
    "from_email": "compta@acme.example",
    "host": "smtp.acme.example",
    "port": "587",
    "security": "STARTTLS",
    "username": "acme",
    "password": "s3cret",
}


def test_the_password_is_sealed_and_never_shown(boss, acme_rows):
    boss.post(SENDING, OWN)

    page = boss.get(SENDING).content.decode()
    sender = acme_rows(Sender.objects.get)
    assert (sender.host, sender.way) == ("smtp.acme.example", "OWN_SMTP")
    assert b"s3cret" not in bytes(sender.password_sealed)
    assert "s3cret" not in page
    boss.post(SENDING, {**OWN, "password": ""})
    assert acme_rows(Sender.objects.get).password_sealed == sender.password_sealed


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"host": ""}, "host"),
        ({"from_email": ""}, "from_email"),
        ({"from_email": "nobody"}, "from_email"),
        ({"bcc": "x@"}, "bcc"),
        ({"port": "99999"}, "port"),
        ({"security": "NONE"}, "security"),
        ({"way": "PIGEON"}, "way"),
    ],
)
def test_bad_sending_settings_are_said_beside_their_field(boss, acme_rows, changed, field):
    answer = boss.post(SENDING, {**OWN, **changed})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_test_mail_is_queued_to_the_owner(boss, acme_rows, owner):
    boss.post(SENDING + "test/")

    message = acme_rows(Message.objects.get)
    assert (message.kind, message.to_email, message.client_id) == ("TEST", owner.email, None)


def test_a_member_may_not_touch_sending(browser):
    assert browser.get(SENDING).status_code == 403
    assert browser.post(SENDING + "test/").status_code == 403


def test_the_terms_agreed_with_a_client_are_kept_and_shown_again(browser, acme_rows):
    row = acme_rows(make_client)

    browser.post(url(row, "edit/"), form(name="Dupont", terms="EOM_45_A"))

    acme_rows(row.refresh_from_db)
    assert row.terms == "EOM_45_A"
    assert browser.get(url(row, "edit/")).context["form"]["terms"].value() == "EOM_45_A"


@pytest.mark.parametrize("terms", ["NET_90", "FIXED", "anything"])
def test_terms_that_cannot_be_usual_are_refused_beside_the_field(browser, acme_rows, terms):
    row = acme_rows(make_client)

    page = browser.post(url(row, "edit/"), form(terms=terms))

    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["terms"]
    acme_rows(row.refresh_from_db)
    assert row.terms == ""
