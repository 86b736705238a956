"""Les Fournils de l’Elorn: an invented bakery that supplies restaurants, on its first evening.

Its old book came in today: the plan is ready, and nothing has left.
"""

from __future__ import annotations

from config.demo.story import Book, Debtor, OldInvoice, Story

_FACTS = {
    "legal_form": "SARL",
    "share_capital": "30 000 €",
    "siren": "893773085",
    "siret": "89377308500012",
    "vat_number": "FR65893773085",
    "registry_city": "Brest",
    "address": "3 quai de Léon",
    "postcode": "29800",
    "city": "Landerneau",
    "email": "bureau@fournils-elorn.example",
    "phone": "02 98 00 03 00",
    "website": "fournils-elorn.example",
    "signatory_name": "Gaël Kermarrec",
    "signatory_capacity": "gérant",
    "iban": "FR7630006000012026041002523",
    "bic": "AGRIFRPP",
    "account_holder": "LES FOURNILS DE L ELORN SARL",
    "default_operation": "GOODS",
}

_DEBTORS = (
    Debtor(
        "ancre", "Brasserie L’Ancre", "Loïc Penn", "compta@brasserie-ancre.example",
        "02 98 00 03 01", "6 quai de la Douane", "29200", "Brest", "957228463", ladder="FIRM",
    ),
    Debtor(
        "goelette", "Crêperie La Goélette", "Rozenn Abily", "rozenn@la-goelette.example",
        "02 98 00 03 02", "14 rue du Port", "29900", "Concarneau", "928926930",
    ),
    Debtor(
        "halles", "Le Comptoir des Halles", "Pierre Salaün", "pierre@comptoir-halles.example",
        "02 98 00 03 03", "Halles Saint-François", "29000", "Quimper", "919556274",
    ),
    Debtor(
        "manoir", "Manoir de Kerlosquet", "Réception", "factures@manoir-kerlosquet.example",
        "02 98 00 03 04", "Kerlosquet", "29460", "Daoulas", "956063622",
    ),
    Debtor(
        "traou", "Traiteur Traou Mad", "Nolwenn Coat", "nolwenn@traoumad.example",
        "02 98 00 03 05", "9 rue de la Tour", "29800", "Landerneau", "846141620",
    ),
    Debtor(
        "lycee", "Lycée de l’Iroise (cantine)", "Intendance", "intendance@lycee-iroise.example",
        "02 98 00 03 06", "Rue de l’Iroise", "29200", "Brest", "943732628", kind="PUBLIC_BODY",
    ),
    Debtor(
        "fest", "Comité des fêtes de Ploudiry", "Yann Riou", "fetes-ploudiry@courriel.example",
        "02 98 00 03 07", "Mairie", "29800", "Ploudiry", kind="ASSOCIATION",
    ),
    Debtor(
        "ty", "Ty Burger", "Samuel Diop", "samuel@tyburger.example", "02 98 00 03 08",
        "31 rue de Siam", "29200", "Brest", "829751197", ladder="FIRM",
    ),
    Debtor(
        "ponant", "Hôtel du Ponant", "Service achats", "achats@hotel-ponant.example",
        "02 98 00 03 09", "1 boulevard des Français-Libres", "29200", "Brest", "941341166",
    ),
    Debtor(
        "aber", "Auberge de l’Aber", "Marie Le Roux", "", "02 98 00 03 10", "Pont de l’Aber",
        "29870", "Lannilis", "839735925",
    ),
    Debtor(
        "rade", "Cafétéria de la Rade", "Fanny Cloarec", "fanny@cafeteria-rade.example",
        "02 98 00 03 11", "Port de commerce", "29200", "Brest", "903751964",
    ),
    Debtor(
        "menez", "Restaurant du Menez", "Alan Guéguen", "alan@restaurant-menez.example",
        "02 98 00 03 12", "Place de l’Église", "29590", "Le Faou", "940735376",
    ),
    Debtor(
        "voiles", "Bistrot Les Voiles", "Clémence Hily", "clemence@lesvoiles.example",
        "02 98 00 03 13", "2 rue du Moulin-Blanc", "29200", "Brest", "838863694",
    ),
    Debtor(
        "elez", "Pension Élez", "Jean Élez", "jean@pension-elez.example", "02 98 00 03 14",
        "8 rue Haute", "29410", "Pleyber-Christ", "869892901",
    ),
    Debtor(
        "noce", "Mariage Calvez", "Maëlle Calvez", "maelle.calvez@courriel.example",
        "06 00 00 03 15", "12 allée des Camélias", "29800", "Landerneau", kind="CONSUMER",
    ),
)  # fmt: skip

_LINES = (
    # paid, so that one sees who pays well
    OldInvoice("ponant", 1802, "412.60", 152, paid=2),
    OldInvoice("ponant", 1838, "398.15", 122, paid=1),
    OldInvoice("ponant", 1877, "421.00", 91, paid=3),
    OldInvoice("ponant", 1915, "405.40", 61, paid=2),
    OldInvoice("goelette", 1811, "236.90", 140, paid=9),
    OldInvoice("goelette", 1859, "251.30", 108, paid=11),
    OldInvoice("goelette", 1903, "243.75", 76, paid=8),
    OldInvoice("halles", 1820, "188.20", 133, paid=24),
    OldInvoice("halles", 1866, "194.80", 101, paid=31),
    OldInvoice("lycee", 1844, "1284.00", 118, paid=20),
    OldInvoice("lycee", 1898, "1310.50", 86, paid=17),
    OldInvoice("voiles", 1871, "142.35", 95, paid=0),
    OldInvoice("voiles", 1910, "150.10", 64, paid=1),
    OldInvoice("rade", 1884, "301.45", 84, paid=5),
    # late
    OldInvoice("ancre", 1890, "612.40", 103),
    OldInvoice("ancre", 1921, "588.90", 72),
    OldInvoice("ancre", 1957, "634.25", 41),
    OldInvoice("ty", 1899, "276.30", 95, rest="126.30"),
    OldInvoice("ty", 1944, "291.80", 52),
    OldInvoice("ty", 1983, "268.55", 22),
    OldInvoice("halles", 1931, "201.40", 66),
    OldInvoice("halles", 1972, "187.95", 33),
    OldInvoice("halles", 2004, "196.60", 4),
    OldInvoice("manoir", 1949, "842.00", 47, rest="342.00"),
    OldInvoice("manoir", 1990, "795.50", 18),
    OldInvoice("traou", 1966, "455.20", 36),
    OldInvoice("traou", 1997, "478.65", 11),
    OldInvoice("fest", 1938, "320.00", 58),
    OldInvoice("lycee", 1961, "1298.75", 38),
    OldInvoice("lycee", 1999, "1276.20", 9),
    OldInvoice("aber", 1954, "173.85", 44),
    OldInvoice("aber", 1992, "168.40", 15),
    OldInvoice("rade", 1978, "312.70", 27),
    OldInvoice("menez", 1970, "226.15", 34),
    OldInvoice("menez", 2001, "231.90", 7),
    OldInvoice("goelette", 1995, "248.60", 13),
    OldInvoice("voiles", 2006, "147.20", 2),
    OldInvoice("elez", 1981, "119.95", 24),
    OldInvoice("noce", 1987, "684.00", 19, rest="384.00"),
    # not due yet
    OldInvoice("ponant", 2010, "417.35", -6),
    OldInvoice("ancre", 2012, "601.75", -9),
    OldInvoice("elez", 2013, "124.30", -12),
    OldInvoice("goelette", 2015, "239.40", -17),
    OldInvoice("traou", 2016, "462.10", -21),
    OldInvoice("rade", 2018, "298.85", -26),
)

ELORN = Story(
    owner="gael@fournils-elorn.example",
    owner_name="Gaël Kermarrec",
    name="Les Fournils de l’Elorn",
    legal_name="Les Fournils de l’Elorn",
    color="#8A4B14",
    mark="loaves",
    facts=_FACTS,
    debtors=_DEBTORS,
    numbers=("FE-{number:05d}", 2019),
    book=Book(
        pattern="FE-{number:05d}",
        lines=_LINES,
        answers={
            "not_due": "NOTHING",
            "1_15": "NOTHING",
            "16_30": "REMINDER",
            "31_60": "REMINDERS",
            "61_90": "REMINDERS",
            "91": "REMINDERS",
        },
        paid_today=(("menez", "226.15", "CHEQUE"), ("traou", "300.00", "CHEQUE")),
    ),
    is_live=False,
)
