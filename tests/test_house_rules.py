"""Rules no linter knows: sizes, names that mean nothing, and the one way out of the walls."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = [
    "bench", "clients", "config", "core", "dunning", "invoices", "legal", "payments", "portal",
    "reports", "tenants",
]  # fmt: skip
MODULES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
VAGUE = {"utils", "helpers", "common", "misc", "base", "manager", "handlers"}
# Who may work over all tenants: commands, the demo and measurements. Timers go through tasks.
OVER_ALL_TENANTS = {
    "bench/deliver.py",
    "bench/dunning.py",
    "clients/management/commands/deliver.py",
    "clients/tasks.py",
    "config/management/commands/verify.py",
    "dunning/management/commands/run_dunning.py",
    "invoices/import_tasks.py",
    "invoices/tasks.py",
    "payments/tasks.py",
    "tenants/everyone.py",
}


def short(path):
    return str(path.relative_to(ROOT))


def body_lines(function):
    """The lines that do something: without signature and docstring."""
    has_docstring = ast.get_docstring(function) is not None
    first = function.body[1:] if has_docstring else function.body
    return function.end_lineno - first[0].lineno + 1 if first else 0


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_module_is_short_and_well_named(path):
    source = path.read_text()
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert path.stem not in VAGUE
    assert source.count("\n") <= 400
    if path.parent.name != "bench":  # whole tables in one SQL statement read better uncut
        assert [function.name for function in functions if body_lines(function) > 40] == []


def test_few_modules_leave_the_walls():
    importers = {short(path) for path in MODULES if re.search(r"\ball_tenants\b", path.read_text())}

    assert importers - OVER_ALL_TENANTS == set()


def test_pages_are_short():
    long = {
        short(path): lines
        for path in TEMPLATES
        if "documents" not in path.parts and (lines := path.read_text().count("\n")) > 80
    }

    assert long == {}


def test_pages_have_no_inline_script_or_style():
    """The content security policy blocks them; mails and printed documents have none."""
    loud = [
        short(path)
        for path in TEMPLATES
        if not {"emails", "documents"} & set(path.parts)
        and re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|hx-on", path.read_text())
    ]

    assert loud == []


def test_only_the_clock_reads_the_clock():
    readers = {
        short(path)
        for path in MODULES
        if re.search(
            r"timezone\.(now|localdate|localtime)\(|date\.today\(|datetime\.now\(", path.read_text()
        )
    }

    assert readers == {"legal/admin.py", "tenants/clock.py"}
