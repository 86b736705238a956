"""Taking over the legal facts that ship with the product."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Field, QuerySet
from django.utils.translation import gettext_lazy as _

from legal.errors import LegalDataBroken
from legal.models import DatedFact, LegalRate, LegalText, LegalThreshold, VatRate
from legal.queries import PLACEHOLDER

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class ShippedFile:
    """A CSV file, the table it fills, and the columns by which a row is known again."""

    name: str
    model: type[DatedFact]
    key: tuple[str, ...]


FILES = (
    ShippedFile("rates.csv", LegalRate, ("half_year",)),
    ShippedFile("vat_rates.csv", VatRate, ("territory", "rate", "valid_from")),
    ShippedFile("texts.csv", LegalText, ("key", "language", "valid_from")),
    ShippedFile("thresholds.csv", LegalThreshold, ("key", "valid_from")),
)


@dataclass(slots=True)
class LoadReport:
    """How many rows were new, brought up to date, the same, or left as an operator edited them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0


def load_legal_data(*, folder: Path = DATA, using: str = DEFAULT_DB_ALIAS) -> LoadReport:
    """Bring the shipped facts into the tables; a second run changes nothing.

    A row that an operator edited is never touched, and rows of theirs are never deleted.
    Raises LegalDataBroken, naming file and line, and then changes nothing.
    """
    report = LoadReport()
    with transaction.atomic(using=using):
        for shipped in FILES:
            _load_file(shipped, folder / shipped.name, using, report)
    return report


def shipped_placeholders(key: str) -> set[str]:
    """Return the names of the values that the product fills in for a legal text."""
    with (DATA / "texts.csv").open(encoding="utf-8", newline="") as file:
        return {
            name
            for row in csv.DictReader(file)
            if row["key"] == key
            for name in PLACEHOLDER.findall(row["text"])
        }


def _load_file(shipped: ShippedFile, path: Path, using: str, report: LoadReport) -> None:
    rows: QuerySet[DatedFact] = QuerySet(shipped.model, using=using)
    known = {tuple(getattr(row, name) for name in shipped.key): row for row in rows}
    for values in _read(path, shipped.model):
        row = known.get(tuple(values[name] for name in shipped.key))
        if row is None:
            shipped.model(**values).save(using=using, force_insert=True)
            report.created += 1
        elif row.edited_at:
            report.kept += 1
        elif all(getattr(row, name) == value for name, value in values.items()):
            report.unchanged += 1
        else:
            for name, value in values.items():
                setattr(row, name, value)
            row.save(using=using)
            report.updated += 1


def _read(path: Path, model: type[DatedFact]) -> Iterator[dict[str, Any]]:
    """Read a shipped file into values of the model's own types, checking each."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        for row in reader:
            try:
                values = {name: _value(model, name, cell) for name, cell in row.items()}
                model(**values).clean_fields()
            except (ValidationError, FieldDoesNotExist, TypeError) as error:
                raise LegalDataBroken(
                    _("%(file)s, line %(line)s: %(reason)s"),
                    file=path.name,
                    line=reader.line_num,
                    reason=error,
                ) from error
            yield values


def _value(model: type[DatedFact], name: str, cell: str) -> Any:
    field = cast("Field[Any, Any]", model._meta.get_field(name))
    return field.to_python(cell or None)
