"""The production set-up, read as data: nothing here needs Docker."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest
import yaml

from config.embedded_place import settle_throwaway
from config.embedded_postgres import GRANTS, Postgres
from config.embedded_server import Server

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
LASTING = sorted(SERVICES.keys() - {"migrate"})


@pytest.mark.parametrize("name", LASTING)
def test_every_lasting_service_has_a_health_check_and_comes_back(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_service_runs_as_root_or_can_gain_rights(name):
    user = SERVICES[name]["user"].split(":")[0]

    assert user not in {"root", "0", ""}
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


def test_only_the_migration_and_the_database_know_the_owner_of_the_tables():
    knows = {name for name, service in SERVICES.items() if "OWNER_" in str(service)}

    assert knows == {"migrate", "postgres"}


def test_web_worker_and_beat_wait_for_the_migration():
    for name in ("web", "worker", "beat"):
        condition = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"
        assert SERVICES[name]["environment"]["DATABASE_URL"].startswith("postgres://app:")


def test_only_the_proxy_is_reachable_and_the_data_are_kept_in_volumes():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["valkey"]["networks"] == ["inside"]
    for name, volume in (("postgres", "postgres:"), ("valkey", "valkey:"), ("web", "media:")):
        assert SERVICES[name]["volumes"][0].startswith(volume)


def test_the_example_file_documents_every_variable():
    documented = set(
        re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    settings = (ROOT / "config" / "settings.py").read_text()
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    asked |= set(re.findall(r"(?:env(?:\.\w+)?|_secret)\(\s*\"([A-Z_0-9]+)\"", settings))
    asked |= set(re.findall(r"environ\.get\(\"([A-Z_]+)\"", (ROOT / "config/serve.py").read_text()))

    assert asked - documented == set()


def test_the_bootstrap_script_grants_what_the_embedded_servers_grant():
    script = (ROOT / "deploy/postgres/init.sh").read_text()

    assert [statement for statement in GRANTS if f"{statement};" not in script] == []


def test_the_bootstrap_script_makes_both_roles_and_the_database(tmp_path):
    place = settle_throwaway(tmp_path / "bare")
    postgres = Postgres(place)
    Server.start(postgres)  # without our own roles
    programs = Postgres.package() / "pginstall18" / "bin"
    try:
        subprocess.run(
            [ROOT / "deploy/postgres/init.sh"],
            env={
                "PATH": f"{programs}:{os.environ['PATH']}",
                "PGHOST": str(place.sockets),
                "POSTGRES_USER": "postgres",
                "OWNER_PASSWORD": "it's",
                "APP_PASSWORD": "b",
            },
            check=True,
            capture_output=True,
        )

        with psycopg.connect(postgres.url("app_owner")) as connection:
            connection.execute("CREATE TABLE made (id bigserial PRIMARY KEY)")
        with psycopg.connect(postgres.url("app")) as connection:
            connection.execute("INSERT INTO made DEFAULT VALUES")
            assert connection.execute("SELECT id FROM made").fetchall() == [(1,)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE mine (id int)")
    finally:
        postgres.stop()
