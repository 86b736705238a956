"""Whose invoice it is: matched by what is sure, never against what contradicts."""

import pytest

from clients.models import Client, Person
from invoices.models import Invoice
from invoices.services import ImportRefused
from tests.factories.clients import make_client
from tests.invoices.importing.imports import bring_in, reasons, row

SIREN, OTHER_SIREN = "552100554", "732829320"


def owners():
    return list(Invoice.objects.order_by("number").values_list("client__name", flat=True))


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ({"siren": SIREN}, {"siren": SIREN}),
        ({"number": "C7"}, {"code": "C7"}),
        ({"email": "compta@morvan.example"}, {"email": "Compta@Morvan.example"}),
        ({"siren": SIREN, "email": ""}, {"client": "GARAGE  Mørvan"}),
    ],
    ids=["by SIREN", "by client number", "by email", "by name"],
)
def test_a_known_client_is_found_again(in_acme, known, line):
    make_client("Garage Morvan", **{"email": "", **known})
    make_client("Somebody else", email="other@else.example")

    report = bring_in(row(**{"client": "G. Morvan SARL", **line}))

    assert (report.clients_created, owners()) == (0, ["Garage Morvan"])


def test_a_client_is_not_found_by_name_against_another_siren(in_acme):
    make_client("Garage Morvan", siren=SIREN, email="")

    report = bring_in(row(siren=OTHER_SIREN))

    assert report.clients_created == 1
    assert list(Client.objects.order_by("id").values_list("siren", flat=True)) == [
        SIREN,
        OTHER_SIREN,
    ]


def test_a_mailbox_that_the_file_gives_to_two_clients_identifies_neither(in_acme):
    make_client("Cabinet Le Goff", email="compta@cabinet.example")

    report = bring_in(
        row("F1", "Alpha", email="compta@cabinet.example"),
        row("F2", "Beta", email="compta@cabinet.example"),
    )

    assert (report.clients_created, owners()) == (2, ["Alpha", "Beta"])


def test_two_clients_of_one_name_are_told_apart_or_refused(in_acme):
    make_client("Dupont", number="C1", email="")
    make_client("Dupont", number="C2", email="")
    bring_in(row("F1", "Dupont", code="C2"))

    with pytest.raises(ImportRefused) as refusal:
        bring_in(row("F2", "Dupont"))

    assert reasons(refusal.value.refusals) == [
        (
            "book.csv",
            2,
            "Several clients may be “Dupont”: give the client number or the SIREN.",
        )
    ]
    assert Invoice.objects.get().client.number == "C2"


def test_a_client_number_that_is_another_companys_is_refused(in_acme):
    make_client("Garage Morvan", number="C1", siren=SIREN, email="")

    with pytest.raises(ImportRefused) as refusal:
        bring_in(row("F1", "Other", code="C1", siren=OTHER_SIREN))

    assert reasons(refusal.value.refusals) == [
        ("book.csv", 2, "“C1” is the number of another client here: Garage Morvan.")
    ]


def test_many_lines_of_a_new_client_are_one_client(in_acme):
    report = bring_in(row("F1"), row("F2", email="a@morvan.example"), row("F3", "garage morvan"))

    assert report.clients_created == 1
    assert list(Person.objects.values_list("email", flat=True)) == ["a@morvan.example"]


def test_a_known_client_keeps_its_people_and_gets_one_if_it_has_none(in_acme):
    known = make_client("Alpha", email="boss@alpha.example")
    bare = make_client("Beta", email="")

    bring_in(
        row("F1", "Alpha", email="new@alpha.example"), row("F2", "Beta", email="new@beta.example")
    )

    people = Person.objects.order_by("id").values_list("client_id", "email")
    assert list(people) == [(known.pk, "boss@alpha.example"), (bare.pk, "new@beta.example")]


def test_a_town_is_a_public_body(in_acme):
    bring_in(row("F1", "Ville de Brest", siren="212900195"))

    assert Client.objects.get().kind == "PUBLIC_BODY"


def test_who_is_not_known_by_a_number_is_what_the_importer_says(in_acme):
    bring_in(
        row("F1", "Jeanne Martin"),
        row("F2", "Garage Morvan", siren="552100554"),
        row("F3", "Ville de Brest", siren="212900195"),
        client_kind="CONSUMER",
    )

    assert dict(Client.objects.values_list("name", "kind")) == {
        "Jeanne Martin": "CONSUMER",
        "Garage Morvan": "BUSINESS",
        "Ville de Brest": "PUBLIC_BODY",
    }


def test_a_name_that_does_not_fit_is_refused(in_acme):
    with pytest.raises(ImportRefused) as refusal:
        bring_in(row("F1", "A" * 201))

    assert reasons(refusal.value.refusals) == [
        ("book.csv", 2, f"“{'A' * 40}…” is longer than 200 characters.")
    ]
