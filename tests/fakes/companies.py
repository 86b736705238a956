"""A real HTTP server that answers as the public register of companies does, or as it should not."""

import contextlib
import json
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


def company(siren, name, **changed):
    """One result, in the register's own shape; `siege_…` changes the seat."""
    seat = {
        "siret": f"{siren}00015",
        "est_siege": True,
        "complement_adresse": None,
        "numero_voie": "4",
        "indice_repetition": None,
        "type_voie": "RUE",
        "libelle_voie": "DU PORT",
        "code_postal": "56100",
        "commune": "56121",
        "libelle_commune": "LORIENT",
        "adresse": "4 RUE DU PORT 56100 LORIENT",
        "etat_administratif": "A",
        "latitude": "47.745",
        "longitude": "-3.366",
    }
    result = {
        "siren": siren,
        "nom_complet": name,
        "nom_raison_sociale": name,
        "sigle": None,
        "nombre_etablissements": 1,
        "nature_juridique": "5499",
        "etat_administratif": "A",
        "dirigeants": [],
        "matching_etablissements": [],
        "complements": {},
    }
    for key, value in changed.items():
        if key.startswith("siege_"):
            seat[key.removeprefix("siege_")] = value
        else:
            result[key] = value
    return {**result, "siege": changed.get("siege", seat)}


MOREL = company("732829320", "ATELIER MOREL", siege_siret="73282932000074")


@dataclass
class Register:
    """What tests say and read: the companies it knows, how it answers, what it was asked."""

    companies: list = field(default_factory=lambda: [MOREL])
    status: int = 200
    body: bytes | None = None
    pause: float = 0  # seconds, before the answer
    drip: float = 0  # seconds, between its bytes
    asked: list = field(default_factory=list)
    url: str = ""

    def answer(self, query):
        if self.body is not None:
            return self.body
        wanted = query.get("q", "").casefold()
        found = [
            each
            for each in self.companies
            if wanted in {each["siren"], each["siege"].get("siret")}
            or wanted in str(each["nom_complet"]).casefold()
        ]
        return json.dumps(
            {
                "results": found,
                "total_results": len(found),
                "page": 1,
                "per_page": 10,
                "total_pages": 1,
            }
        ).encode()


def _handler(register):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            url = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(url.query))
            register.asked.append((url.path, query, self.headers.get("User-Agent")))
            time.sleep(register.pause)
            content = register.answer(query)
            with contextlib.suppress(ConnectionError):
                self.send_response(register.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.write(content)

        def write(self, content):
            if not register.drip:
                self.wfile.write(content)
                return
            for place in range(len(content)):
                self.wfile.write(content[place : place + 1])
                self.wfile.flush()
                time.sleep(register.drip)

        def log_message(self, *args):
            """Say nothing."""

    return Handler


@contextlib.contextmanager
def running_register():
    register = Register()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(register))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    register.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield register
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def register(settings):
    """The register, running, and the product told its address."""
    with running_register() as running:
        settings.COMPANY_SEARCH_URL = running.url
        yield running
