"""Documents to print in tests: one French business, its clients, what it bills them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

from PIL import Image, ImageDraw

from core.references import Transfer, epc_payload, rf_reference
from invoices.documents.data import (
    Address,
    Buyer,
    BuyerKind,
    Claim,
    Consequence,
    DocumentData,
    DocumentKind,
    LateFeeSegment,
    LetterData,
    Line,
    Mention,
    Operation,
    PaymentBlock,
    Reference,
    Seller,
    Totals,
    VatCategory,
    VatLine,
)

D = Decimal
HOLDER = "ATELIER LUMIERE ET CIE"
IBAN = "FR7630006000011234567890189"
ISSUED = date(2026, 11, 22)
DUE = date(2026, 12, 22)

SELLER = Seller(
    name="Atelier Lumière & Cie",
    address=Address(("12 bis, rue de la Hêtraie",), "45000", "Orléans"),
    siren="732829320",
    siret="73282932000074",
    vat_number="FR44732829320",
    legal_form="SARL",
    capital="10 000 €",
    registry_city="Orléans",
    email="compta@atelier-lumiere.example",
    phone="02 38 00 00 00",
    colour="#0f5a46",
)
BUYER = Buyer(
    kind=BuyerKind.BUSINESS,
    name="Café de l’Évêché SAS",
    address=Address(("4, place Sainte-Cécile",), "34500", "Béziers"),
    contact_name="Service comptabilité",
    siren="552100554",
    vat_number="FR96552100554",
    order_reference="PO-4471",
)
CONSUMER = Buyer(
    kind=BuyerKind.CONSUMER,
    name="Mme Cécile Łukasik",
    address=Address(("Résidence du Parc", "8, allée des Œillets"), "45100", "Orléans"),
)
B2B_MENTIONS = (
    Mention(
        "PMD",
        "En cas de retard, pénalités au taux de 12,15 %, exigibles le lendemain de l’échéance, "
        "sans rappel.",
    ),
    Mention("PMT", "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 €."),
    Mention("AAB_NONE", "Pas d’escompte pour paiement anticipé."),
)
ITEMS = (
    ("Création d’un site vitrine", "Maquettes, intégration, mise en ligne", D(3), "jours"),
    ("Licence d’œuvre photographique", "", D(1), ""),
    ("Hébergement et maintenance", "De décembre 2026 à novembre 2027", D(12), "mois"),
)
PRICES = (D("650.00"), D("480.00"), D("29.90"))


LEGAL_NOTE = (
    "Pénalités et indemnité de recouvrement : articles L. 441-10 et D. 441-5 du code de commerce. "
    "La présente vaut mise en demeure au sens de l’article 1344 du code civil."
)


def a_logo(mode: str = "RGBA", form: str = "PNG") -> bytes:
    image = Image.new("RGBA", (640, 200), (255, 255, 255, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, 199, 199), 44, fill=(15, 90, 70, 255))
    pen.ellipse((50, 50, 150, 150), fill=(244, 183, 64, 255))
    pen.rectangle((240, 60, 620, 90), fill=(15, 90, 70, 255))
    pen.rectangle((240, 115, 500, 140), fill=(15, 90, 70, 160))
    out = io.BytesIO()
    image.convert(mode).save(out, form)
    return out.getvalue()


def some_lines(count: int = 3) -> tuple[Line, ...]:
    lines = []
    for index in range(count):
        description, detail, quantity, unit = ITEMS[index % 3]
        price = PRICES[index % 3]
        lines.append(
            Line(
                description=description,
                detail=detail,
                quantity=quantity,
                unit=unit,
                unit_price=price,
                vat_rate=D(20),
                vat_category=VatCategory.STANDARD,
                net=quantity * price,
            )
        )
    return tuple(lines)


def a_payment(amount: D, number: str = "F-2026-0042") -> PaymentBlock:
    reference = rf_reference(number)
    transfer = Transfer(name=HOLDER, iban=IBAN, amount=amount, reference=reference)
    return PaymentBlock(
        account_holder=HOLDER,
        iban=IBAN,
        bic="AGRIFRPP",
        reference=reference,
        epc_payload=epc_payload(transfer),
        pay_url="https://echeance.example/p/8fK2vQ0sXb71nRmT4wYc/",
    )


def an_invoice(count: int = 3, **changes) -> DocumentData:
    lines = some_lines(count)
    net = sum((line.net for line in lines), D(0))
    vat = (net / 5).quantize(D("0.01"))
    data = DocumentData(
        kind=DocumentKind.INVOICE,
        language="fr",
        number="F-2026-0042",
        issued_on=ISSUED,
        due_on=DUE,
        delivered_on=date(2026, 11, 20),
        seller=SELLER,
        buyer=BUYER,
        lines=lines,
        vat_breakdown=(VatLine(D(20), VatCategory.STANDARD, net, vat),),
        totals=Totals(net, vat, net + vat, D("0.00"), net + vat),
        operation=Operation.SERVICES,
        mentions=B2B_MENTIONS,
        payment=a_payment(net + vat),
    )
    return replace(data, **changes)


def a_credit_note(**changes) -> DocumentData:
    return an_invoice(
        1,
        kind=DocumentKind.CREDIT_NOTE,
        number="A-2026-0007",
        references=(Reference("F-2026-0042", date(2026, 10, 5)),),
        reason="Une journée de création non réalisée",
        mentions=(),
        payment=PaymentBlock(),
        **changes,
    )


def a_letter(**changes) -> LetterData:
    data = LetterData(
        language="fr",
        place="Orléans",
        written_on=date(2026, 5, 15),
        seller=SELLER,
        buyer=BUYER,
        claims=(
            Claim("F-2026-0011", date(2026, 3, 1), date(2026, 3, 31), D(1200), D(0), D(1200)),
            Claim(
                "F-2026-0012",
                date(2026, 3, 20),
                date(2026, 4, 25),
                D("1050.50"),
                D("200.00"),
                D("850.50"),
            ),
        ),
        late_fees=(
            LateFeeSegment(
                "F-2026-0011",
                D(1200),
                D("12.15"),
                date(2026, 4, 1),
                date(2026, 5, 15),
                45,
                D("17.98"),
            ),
            LateFeeSegment(
                "F-2026-0012",
                D("850.50"),
                D("12.15"),
                date(2026, 4, 26),
                date(2026, 5, 15),
                20,
                D("5.66"),
            ),
        ),
        late_fee_total=D("23.64"),
        indemnity_unit=D(40),
        indemnity_count=2,
        indemnity_total=D(80),
        principal_total=D("2050.50"),
        total=D("2154.14"),
        daily_interest=D("0.68"),
        deadline_on=date(2026, 5, 26),
        consequences=(Consequence.PAYMENT_ORDER, Consequence.COLLECTION_AGENCY),
        disputes_contact="compta@atelier-lumiere.example, 02 38 00 00 00",
        signatory_name="Jeanne Martin",
        signatory_capacity="gérante",
        payment=a_payment(D("2154.14"), "C-0042-M1"),
        registered_number="1A 204 118 3321 7",
        reminded_on=(date(2026, 4, 2), date(2026, 4, 9), date(2026, 4, 16)),
        legal_notes=(LEGAL_NOTE,),
    )
    return replace(data, **changes)
