"""The page of a client, and writing to it."""

import pytest

from clients.models import Client, Message, Person
from clients.panels import ClientPanel, register_panel
from clients.services import send_message
from tenants.models import AuditEntry
from tests.clients.pages.forms import LIST, NOW, form, url
from tests.factories.clients import make_client, make_person, queue_probe, register_probe


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
