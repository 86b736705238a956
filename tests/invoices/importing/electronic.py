"""What becomes of one CII invoice."""

from invoices.importing.cii_reader import read_cii


def reasons(content, **options):
    report = read_cii(content, file="facture.xml", **options)
    assert (report.invoices == ()) == bool(report.refusals)
    return [str(each.reason) for each in report.refusals]


def the_invoice(content, **options):
    report = read_cii(content, file="facture.xml", **options)
    assert [str(each.reason) for each in report.refusals] == []
    return report.invoices[0]


def warnings(content):
    return [str(each.reason) for each in the_invoice(content).warnings]
