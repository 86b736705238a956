import pytest

from tests.fakes.stripe_server.fixtures import (  # noqa: F401 - fixtures are found by name
    _running_stripe_server,
    stripe_server,
)
from tests.payments.gateways.harness import (
    SandboxPlayer,
    StripePlayer,
    WebhookReceiver,
    stripe_account,
)


@pytest.fixture(params=["stripe", "sandbox"])
def player(request):
    """Every gateway in turn, with the hands of the one who pays."""
    if request.param == "sandbox":
        return SandboxPlayer()
    return StripePlayer(request.getfixturevalue("stripe_server"))


@pytest.fixture
def account(stripe_server):  # noqa: F811
    return stripe_account(stripe_server)


@pytest.fixture
def receiver():
    with WebhookReceiver() as receiver:
        yield receiver
