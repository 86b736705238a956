"""core and the reckoning modules stand on nothing but Python."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PURE = [f"core.{path.stem}" for path in sorted((ROOT / "core").glob("*.py"))]
PURE += ["legal.rates", "legal.errors", "invoices.terms", "invoices.totals", "invoices.late_fees"]


def test_pure_modules_load_without_django():
    program = (
        "import importlib, sys; "
        f"[importlib.import_module(name) for name in {PURE!r}]; "
        "print('django' in sys.modules or 'celery' in sys.modules)"
    )

    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "False"
