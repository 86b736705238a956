"""A pytest plugin (`-p tests.services`): PostgreSQL and Valkey for this run, before Django loads.

The controller starts them once; xdist workers and child processes inherit the environment.
"""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "tests")
os.environ.setdefault("LINK_KEY", "tests-link-key")
os.environ.setdefault("FIELD_KEY", "tests-field-key")
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ["COMPANY_SEARCH_URL"] = ""  # no test asks the real register
# tests read the English msgids, whether or not French has been compiled in the checkout
os.environ["LOCALE_DIR"] = "/nonexistent"

if "DATABASE_URL" not in os.environ:
    from config.embedded import start_throwaway

    RUN = Path(tempfile.mkdtemp(prefix="echeance-tests-"))
    os.environ["ECHEANCE_TEST_RUN"] = str(RUN)
    os.environ["VAR_DIR"] = str(RUN / "var")
    (RUN / "var" / "static").mkdir(parents=True)  # whitenoise wants one
    start_throwaway(RUN / "services").export()

if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # what one worker counts, queues or flushes is not the other's
    number = int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("?db=0", f"?db={number}")
