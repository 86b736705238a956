import pytest

from dunning.ladder_rows import write_shipped_ladders


@pytest.fixture
def in_acme(in_acme):
    """As founded: with the ladders that come with the product."""
    write_shipped_ladders()
    return in_acme
