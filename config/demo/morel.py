"""Atelier Morel: an invented joinery in Lorient, and four months of its life."""

from __future__ import annotations

from config.demo.people import OWNER
from config.demo.story import VAT_RENOVATION, Debtor, Event, Job, Story

_FACTS = {
    "legal_form": "SARL",
    "share_capital": "10 000 €",
    "siren": "826018152",
    "siret": "82601815200015",
    "vat_number": "FR27826018152",
    "registry_city": "Lorient",
    "address": "4 rue du Port",
    "postcode": "56100",
    "city": "Lorient",
    "email": "bonjour@atelier-morel.example",
    "phone": "02 97 00 00 12",
    "website": "atelier-morel.example",
    "signatory_name": "Claire Morel",
    "signatory_capacity": "gérante",
    "iban": "FR7630006000011234567890189",
    "bic": "AGRIFRPP",
    "account_holder": "ATELIER MOREL SARL",
    "insurance": "Assurance décennale : Mutuelle du Ponant, contrat 0000000, France entière",
    "consumer_mediator": "Médiation de l’Ouest, 1 quai des Indes, 56100 Lorient",
}

_DEBTORS = (
    Debtor(
        "kerleano", "SCI Kerléano", "Yann Kerléano", "gestion@kerleano.example",
        "02 97 00 01 01", "18 rue de Kerléano", "56400", "Auray", "908301666",
    ),
    Debtor(
        "morvan", "Garage Morvan", "Anne Morvan", "compta@garage-morvan.example",
        "02 98 00 01 02", "12 rue de Siam", "29200", "Brest", "831860911",
    ),
    Debtor(
        "remparts", "Hôtel des Remparts", "Hélène Guillou", "direction@remparts.example",
        "02 97 00 01 03", "2 rue des Remparts", "56000", "Vannes", "990996035",
        firm_steps_alone=False,
    ),
    Debtor(
        "scorff", "Brasserie du Scorff", "Malo Le Bris", "malo@brasserie-scorff.example",
        "02 97 00 01 04", "7 quai du Scorff", "56600", "Lanester", "882462815",
    ),
    Debtor(
        "riou", "Transports Riou", "Service comptable", "factures@transports-riou.example",
        "02 98 00 01 05", "ZA de Kervidanou", "29300", "Quimperlé", "948219936",
    ),
    Debtor(
        "legoff", "Yvonne Le Goff", "Yvonne Le Goff", "yvonne.legoff@courriel.example",
        "06 00 00 01 06", "3 impasse des Genêts", "56270", "Ploemeur", kind="CONSUMER",
    ),
    Debtor(
        "caudal", "Menuiserie Caudal", "Erwan Caudal", "",
        "02 97 00 01 07", "21 rue du Bourg", "56240", "Plouay", "818190936",
    ),
    Debtor(
        "belleile", "Institut Belle-Île", "Secrétariat", "secretariat@institut-bi.example",
        "02 97 00 01 08", "5 chemin du Phare", "56360", "Le Palais", "986579753",
        kind="ASSOCIATION",
    ),
    Debtor(
        "kea", "Studio Kéa", "Kévin Abgrall", "kevin@studio-kea.example",
        "02 97 00 01 09", "9 rue du Port", "56100", "Lorient", "832319487",
    ),
    Debtor(
        "audrain", "Cabinet Audrain", "Maud Audrain", "contact@cabinet-audrain.example",
        "02 99 00 01 10", "14 rue Le Bastard", "35000", "Rennes", "957491186",
    ),
    Debtor(
        "leon", "Boulangerie Léon", "Léon Prigent", "bonjour@boulangerie-leon.example",
        "02 97 00 01 11", "1 place du Marché", "56100", "Lorient", "825276017",
    ),
    Debtor(
        "ploemeur", "Mairie de Ploemeur", "Service des marchés", "marches@ville-ploemeur.example",
        "02 97 00 01 12", "1 rue des Écoles", "56270", "Ploemeur", "995559796",
        kind="PUBLIC_BODY",
    ),
    Debtor(
        "ter", "Camping du Ter", "Soizic Le Ter", "accueil@camping-du-ter.example",
        "02 97 00 01 13", "Route du Ter", "56100", "Lorient", "811471044",
    ),
    Debtor(
        "pose", "Atlantique Pose", "Bruno Tanguy", "compta@atlantique-pose.example",
        "02 40 00 01 14", "30 boulevard de l’Océan", "44600", "Saint-Nazaire", "974650756",
    ),
)  # fmt: skip

_JOBS = (
    # paid, so that the months have figures
    Job("pose", "Pose de menuiseries, lot 1", "5200", 70, 66),
    Job("scorff", "Banquettes de salle", "3900", 63, 48),
    Job("ploemeur", "Placards de l’école Marcel-Pagnol", "6800", 58, 51),
    Job("remparts", "Têtes de lit, 6 chambres", "4400", 49, 40),
    Job("ter", "Terrasses de mobil-homes", "5600", 46, 44, "CHEQUE"),
    Job("kerleano", "Volets, 3 lots", "3150", 42, 33),
    Job("legoff", "Fenêtre de la cuisine", "980", 38, 37, "CHEQUE", vat=VAT_RENOVATION),
    Job("audrain", "Bibliothèque du bureau", "2890", 32, 35),
    Job("leon", "Vitrine réfrigérée, habillage", "2210", 26, 19),
    Job("pose", "Pose de menuiseries, lot 2", "4260", 20, 16),
    Job("kea", "Table de réunion", "1890", 15, 12),
    Job("ploemeur", "Portes du gymnase", "5150", 12, 9),
    Job("riou", "Bureau d’exploitation", "2640", 10, 6),
    Job("leon", "Étagères à pain", "1033.33", 5, 1),
    Job("pose", "Pose de menuiseries, lot 3", "4260", 3, 2, part="5200.00"),
    # late, each in its own way
    Job("belleile", "Rayonnages de la bibliothèque", "1383.33", 80, key="paused"),
    Job("riou", "Agencement du hall", "1850", 52, key="disputed"),
    Job("morvan", "Mezzanine de l’atelier", "2400", 37, key="noticed"),
    Job("scorff", "Bar en zinc et chêne", "2033.33", 24, key="promised"),
    Job("kerleano", "Escalier quart tournant", "2680", 23, key="called"),
    Job("remparts", "Comptoir de réception", "2370", 12, key="firm"),
    Job("ter", "Sanitaires, portes et cloisons", "1950", 8, 3, "CHEQUE", part="1000.00"),
    Job("legoff", "Cuisine, solde", "1145.45", 4, vat=VAT_RENOVATION),
    Job("kea", "Cloison acoustique", "1183.33", 2),
    # not due yet
    Job("caudal", "Sous-traitance, lot menuiserie", "3458.33", -2),
    Job("audrain", "Rangements des archives", "1650", -1),
    Job("pose", "Pose de menuiseries, lot 4", "3820", -11),
    Job("ploemeur", "Signalétique en bois", "3000", -18),
    Job("leon", "Enseigne", "1420", -23),
    Job("kerleano", "Portail", "4980", -27, key="credited"),
)

_EVENTS = (
    Event(
        "paused", 60, "pause", ahead=12,
        text="Subvention attendue : rappeler après le conseil d’administration.",
    ),
    Event(
        "disputed", 45, "dispute",
        text="Il manque l’avoir promis pour la ligne 3 : la reprise des plinthes.",
    ),
    Event("noticed", 10, "voicemail", text="Message laissé à Mme Morvan, sans réponse."),
    Event("promised", 2, "answered", text="M. Le Bris promet un virement cette semaine."),
    Event("promised", 2, "promise", text="Malo Le Bris", ahead=4),
    Event(
        "credited", 1, "credit",
        text="Le portail ne se fera pas : commande annulée d’un commun accord.",
    ),
)  # fmt: skip

MOREL = Story(
    owner=OWNER,
    owner_name="Claire Morel",
    name="Atelier Morel",
    legal_name="Atelier Morel",
    color="#0F5A46",
    mark="boards",
    facts=_FACTS,
    debtors=_DEBTORS,
    numbers=("F-{year}-{number:04d}", 1),
    jobs=_JOBS,
    draft=Job("audrain", "Salle d’attente, assises", "2750", 0),
    events=_EVENTS,
)
