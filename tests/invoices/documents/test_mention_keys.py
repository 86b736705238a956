"""Which legal texts a document needs: one regime, one list."""

from dataclasses import replace
from datetime import date

import pytest

from invoices.documents.data import BuyerKind, DocumentKind, Mention, Operation, VatCategory
from invoices.documents.mentions import (
    MentionFacts,
    MissingExemption,
    frozen_mentions,
    mention_keys,
)

FACTS = MentionFacts(
    kind=DocumentKind.INVOICE,
    issued_on=date(2026, 11, 22),
    buyer_kind=BuyerKind.BUSINESS,
    operation=Operation.SERVICES,
    vat_categories=frozenset({VatCategory.STANDARD}),
)
EXEMPT = frozenset({VatCategory.EXEMPT})


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, ("PMD", "PMT", "AAB_NONE")),
        ({"early_discount": True}, ("PMD", "PMT", "AAB")),
        ({"vat_on_debits": True}, ("DEBITS", "PMD", "PMT", "AAB_NONE")),
        ({"vat_on_debits": True, "operation": Operation.GOODS}, ("PMD", "PMT", "AAB_NONE")),
        ({"insured": True}, ("PMD", "PMT", "AAB_NONE", "DECENNALE")),
        ({"mediated": True}, ("PMD", "PMT", "AAB_NONE")),
        ({"sole_trader": True}, ("EI", "PMD", "PMT", "AAB_NONE")),
        ({"in_liquidation": True}, ("LIQUIDATION", "PMD", "PMT", "AAB_NONE")),
        ({"buyer_kind": BuyerKind.CONSUMER}, ()),
        ({"buyer_kind": BuyerKind.CONSUMER, "mediated": True}, ("MEDIATOR",)),
        ({"buyer_kind": BuyerKind.CONSUMER, "insured": True}, ("DECENNALE",)),
        ({"buyer_kind": BuyerKind.CONSUMER, "early_discount": True}, ()),
        ({"buyer_kind": BuyerKind.PUBLIC_BODY}, ("PMD_PUBLIC", "PMT")),
        ({"buyer_kind": BuyerKind.ASSOCIATION}, ()),
        ({"kind": DocumentKind.CREDIT_NOTE, "insured": True}, ()),
        ({"kind": DocumentKind.CREDIT_NOTE, "sole_trader": True}, ("EI",)),
        ({"kind": DocumentKind.DEPOSIT}, ("PMD", "PMT", "AAB_NONE")),
        (
            {"franchise": True, "vat_categories": EXEMPT, "vat_on_debits": True},
            ("FRANCHISE", "PMD", "PMT", "AAB_NONE"),
        ),
        (
            {"exemptions": ("RC_BTP",), "vat_categories": frozenset({VatCategory.REVERSE_CHARGE})},
            ("RC_BTP", "PMD", "PMT", "AAB_NONE"),
        ),
        (
            {"exemptions": ("EXEMPT",), "vat_categories": EXEMPT},
            ("EXEMPT", "PMD", "PMT", "AAB_NONE"),
        ),
        ({"extra": ("SELF_BILLED", "PMT")}, ("PMD", "PMT", "AAB_NONE", "SELF_BILLED")),
    ],
)
def test_each_regime_has_its_own_mentions(changes, keys):
    assert mention_keys(replace(FACTS, **changes)) == keys


def test_no_vat_without_a_reason_is_refused():
    with pytest.raises(MissingExemption, match="Say why no VAT"):
        mention_keys(replace(FACTS, vat_categories=EXEMPT))


def test_texts_are_frozen_as_they_read_on_the_day():
    wording = {"PMD": "Pénalités : 12 %.", "PMT": "40 €.", "AAB_NONE": "Pas d’escompte."}

    mentions = frozen_mentions(FACTS, text=wording.__getitem__)

    assert mentions == (
        Mention("PMD", "Pénalités : 12 %."),
        Mention("PMT", "40 €."),
        Mention("AAB_NONE", "Pas d’escompte."),
    )
