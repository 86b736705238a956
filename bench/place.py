"""Where a measurement runs: PostgreSQL and Valkey of its own, thrown away at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from config.embedded import ROOT, Urls, start_throwaway, stop_throwaway

# What an operator's settings must not change here.
FOREIGN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "DEBUG", "DEMO", "PORT")
DURABLE = ("fsync = on", "synchronous_commit = on", "full_page_writes = on")


@contextmanager
def throwaway() -> Iterator[Urls]:
    """Start, migrate as the owner, and let this process run as `app`; `var/` is never touched."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    for name in ("SECRET_KEY", "LINK_KEY", "FIELD_KEY"):
        os.environ[name] = "bench"
    os.environ["LOG_LEVEL"] = "WARNING"
    os.environ["MAIL_DOMAIN"] = "mail.example"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    with tempfile.TemporaryDirectory(prefix="echeance-bench-") as folder:
        Path(folder).chmod(0o755)
        os.environ["VAR_DIR"] = str(Path(folder) / "var")
        urls = start_throwaway(Path(folder) / "services")
        try:
            urls.export()
            manage("migrate", "--verbosity", "0")
            yield urls
        finally:
            stop_throwaway(urls)


def manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)


def superuser(urls: Urls) -> psycopg.Connection:
    """A connection that passes the walls: for filling tables, never for what is measured."""
    url = urls.database_owner_url.replace("//app_owner@", "//postgres@")
    return psycopg.connect(url, autocommit=True)


def be_durable(urls: Urls) -> None:
    """From here on every commit waits for the disk, as on a real installation."""
    with superuser(urls) as connection:
        for setting in DURABLE:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
