"""What happens in the demonstration, in days before the day it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

VAT = Decimal(20)
VAT_RENOVATION = Decimal(10)


@dataclass(frozen=True, slots=True)
class Job:
    """An invoice: `due` days ago (negative: ahead) it fell due, thirty days after its issue.

    `paid` days ago the money came, by `means`; None: it has not. `part` is what came when it was
    not everything. `key` names the ones something else happens to.
    """

    client: str
    what: str
    net: str
    due: int
    paid: int | None = None
    means: str = "TRANSFER"
    part: str = ""
    key: str = ""
    vat: Decimal = VAT


JOBS: tuple[Job, ...] = (
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
DRAFT = Job("audrain", "Salle d’attente, assises", "2750", 0)
