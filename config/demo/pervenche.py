"""Studio Pervenche: an invented web studio in Nantes, few large invoices, no VAT, patient."""

from __future__ import annotations

from config.demo.story import Debtor, Event, Job, Story

_FACTS = {
    "legal_form": "EI",
    "siren": "831775945",
    "siret": "83177594500015",
    "address": "11 rue des Hauts-Pavés",
    "postcode": "44000",
    "city": "Nantes",
    "email": "ines@studio-pervenche.example",
    "phone": "02 40 00 02 00",
    "website": "studio-pervenche.example",
    "signatory_name": "Inès Kerbrat",
    "signatory_capacity": "entrepreneure individuelle",
    "iban": "FR7630006000012026041001747",
    "bic": "AGRIFRPP",
    "account_holder": "INES KERBRAT EI",
    "vat_regime": "FRANCHISE",
    "default_operation": "SERVICES",
}

_DEBTORS = (
    Debtor(
        "sillon", "Métropole du Sillon", "Direction du numérique",
        "finances@metropole-sillon.example", "02 40 00 02 01", "2 cours des Cinquante-Otages",
        "44000", "Nantes", "869006023",
        kind="PUBLIC_BODY",
    ),
    Debtor(
        "vigie", "Assurances La Vigie", "Odile Marchetti", "fournisseurs@lavigie.example",
        "01 40 00 02 02", "88 boulevard Malesherbes", "75008", "Paris", "977354687",
        ladder="PATIENT",
    ),
    Debtor(
        "noria", "Noria Logistique", "Karim Belaïd", "compta@noria-logistique.example",
        "02 51 00 02 03", "ZI de la Loire", "44800", "Saint-Herblain", "987452687",
        ladder="PATIENT",
    ),
    Debtor(
        "cerise", "Éditions Cerisaie", "Solène Audic", "solene@cerisaie.example",
        "02 99 00 02 04", "5 place Hoche", "35000", "Rennes", "996938494", ladder="PATIENT",
        firm_steps_alone=False,
    ),
    Debtor(
        "phare", "Association Le Phare numérique", "Bastien Corre", "tresorier@lephare.example",
        "02 97 00 02 05", "1 rue du Môle", "56100", "Lorient", "873964019", kind="ASSOCIATION",
    ),
)  # fmt: skip

_JOBS = (
    Job("vigie", "Audit d’accessibilité, 12 écrans", "6400", 44, 30),
    Job("sillon", "Portail des démarches, lot 1", "14500", 36, 22),
    Job("noria", "Suivi des tournées, maquettes", "5200", 21, 19),
    Job("vigie", "Refonte de l’espace assuré, acompte", "9800", 9, 4),
    # late
    Job("sillon", "Portail des démarches, lot 2", "14500", 17),
    Job("cerise", "Boutique en ligne, mise en service", "7350", 24, key="asked"),
    Job("noria", "Suivi des tournées, développement", "8600", 11, key="promised"),
    Job("phare", "Formation de l’équipe, deux jours", "1900", 6),
    # not due yet
    Job("vigie", "Refonte de l’espace assuré, lot 1", "12250", -8),
    Job("noria", "Tierce maintenance, trimestre", "2700", -20),
)

_EVENTS = (Event("promised", 1, "promise", text="Karim Belaïd", ahead=6),)

PERVENCHE = Story(
    owner="ines@studio-pervenche.example",
    owner_name="Inès Kerbrat",
    name="Studio Pervenche",
    legal_name="Inès Kerbrat",
    color="#4B3F8F",
    mark="petals",
    facts=_FACTS,
    debtors=_DEBTORS,
    numbers=("SP{year}-{number:03d}", 27),
    jobs=_JOBS,
    draft=Job("cerise", "Lettre d’information, gabarits", "1450", 0),
    events=_EVENTS,
    vat_category="E",
)
