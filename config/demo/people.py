"""Who is who in the demonstration. Every name, number and address is invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

OWNER = "claire@atelier-morel.example"
ACCOUNTANT = "paul@cabinet-lemoine.example"
PASSWORD: Final = "demo-echeance"  # noqa: S105 -- printed by the command; the demo is public
BUSINESS_NAME = "Atelier Morel"
COLOR = "#0F5A46"

BUSINESS: dict[str, Any] = {
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


@dataclass(frozen=True, slots=True)
class Debtor:
    """A client, the person who answers for it, and how it is dunned."""

    key: str
    name: str
    contact: str
    email: str
    phone: str
    address: str
    postcode: str
    city: str
    siren: str = ""
    kind: str = "BUSINESS"
    firm_steps_alone: bool = True


DEBTORS: tuple[Debtor, ...] = (
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
