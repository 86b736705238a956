"""Every electronic sample through the service: the seller's own come in, a stranger's do not."""

from decimal import Decimal

import pytest

from invoices.models import Invoice
from invoices.services import ImportRefused
from tenants.models import Business
from tests.invoices.importing.imports import balances, bring, read_path, reasons
from tests.invoices.importing.test_samples import INVALID, VALID


@pytest.fixture
def samples(shared_data):
    return shared_data / "facturx" / "samples"


def be(seller):
    """Let the tenant be the seller of a sample."""
    Business.objects.update(
        legal_name=seller.name, siren=seller.siren, vat_number=seller.vat_number
    )


@pytest.mark.parametrize(("name", "expected"), VALID.items())
def test_a_valid_sample_becomes_an_invoice_with_its_parties_and_totals(
    in_acme, samples, name, expected
):
    (record,) = read_path(samples / name).invoices
    be(record.seller)

    bring([record])
    again = bring([record])

    invoice = Invoice.objects.get()
    due = sum(balances().values(), Decimal(0)) if balances() else record.remaining
    summary = "|".join(
        (
            f"{invoice.kind} {invoice.number}",
            invoice.seller["name"],
            invoice.client.name,
            f"{invoice.total_net} {invoice.total_gross} {due} {invoice.currency}",
        )
    )
    assert summary == expected
    assert (invoice.buyer["name"], invoice.origin) == (record.buyer.name, "IMPORTED")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_sample_is_refused_and_stops_the_whole_import(in_acme, samples, name):
    (good,) = read_path(samples / "xml-fr/UC1_F202500003_00-INV_20250701_CII_EN16931.xml").invoices
    be(good.seller)
    bad = read_path(samples / name)

    with pytest.raises(ImportRefused) as refusal:
        bring([good, *bad.invoices], refused=bad.refusals)

    assert str(refusal.value.refusals[0].reason) == INVALID[name]
    assert Invoice.objects.count() == 0


@pytest.mark.parametrize("name", VALID)
def test_an_invoice_issued_by_somebody_else_is_refused(in_acme, samples, name):
    (record,) = read_path(samples / name).invoices

    with pytest.raises(ImportRefused) as refusal:
        bring([record])

    number = record.seller.siren or record.seller.vat_number or "-"
    assert reasons(refusal.value.refusals) == [
        (
            record.file,
            None,
            f"The invoice was issued by {record.seller.name} ({number}), not by Acme SARL.",
        )
    ]
    assert Invoice.objects.count() == 0
