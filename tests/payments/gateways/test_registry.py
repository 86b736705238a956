import pytest

from payments.gateways import registry
from payments.gateways.errors import GatewayRefused
from payments.gateways.stripe import StripeGateway


@pytest.fixture(autouse=True)
def _empty_registry(monkeypatch):
    monkeypatch.setattr(registry, "_gateways", {})


def test_a_registered_gateway_is_found_by_its_key():
    gateway = StripeGateway()

    registry.register_gateway(gateway)

    assert registry.gateway_for("stripe") is gateway
    assert registry.gateway_keys() == ("stripe",)


def test_an_unknown_key_is_refused():
    with pytest.raises(GatewayRefused, match="sandbox"):
        registry.gateway_for("sandbox")
