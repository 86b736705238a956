"""Who signs in to the demonstration; each story names its own owner. All are invented."""

from __future__ import annotations

from typing import Final

OWNER: Final = "claire@atelier-morel.example"  # of the first business
ACCOUNTANT: Final = "paul@cabinet-lemoine.example"
ACCOUNTANT_NAME: Final = "Paul Lemoine"
PASSWORD: Final = "demo-echeance"  # noqa: S105 -- printed by the command; the demo is public
