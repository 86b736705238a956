"""What a file was taken for: told to the user, who may say otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field

SAMPLE_ROWS = 5


@dataclass(slots=True)
class Understood:
    """Filled while a file is read, as far as reading came.

    `kind` is CSV, XLSX, FACTURX or CII. The rest is of tables alone: `line` is where the headings
    stand, `positions` which column holds which field, `marks` the decimal mark of each field.
    """

    kind: str = ""
    encoding: str = ""
    separator: str = ""
    line: int = 0
    headings: tuple[str, ...] = ()
    positions: dict[str, int] = field(default_factory=dict)
    sample: list[list[str]] = field(default_factory=list)
    lines: int = 0
    date_order: str = ""
    marks: dict[str, str] = field(default_factory=dict)
