"""The French of the checkout, compiled aside: other tests read the English msgids."""

import shutil
from pathlib import Path

import pytest

from config.translations import compile_catalogs

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def french_catalogues(tmp_path_factory):
    """The folder of compiled catalogues, for LOCALE_PATHS."""
    folder = tmp_path_factory.mktemp("french")
    shutil.copytree(ROOT / "locale", folder / "locale", ignore=shutil.ignore_patterns("*.mo"))
    compile_catalogs(folder)
    return folder / "locale"


@pytest.fixture
def in_french(settings, french_catalogues):
    """French readers are answered in French, for the length of a test."""
    settings.LOCALE_PATHS = [french_catalogues]
