"""Gateways by key. Apps register theirs in `AppConfig.ready`."""

from __future__ import annotations

from payments.gateways.errors import GatewayRefused
from payments.gateways.interface import Gateway

_gateways: dict[str, Gateway] = {}


def register_gateway(gateway: Gateway) -> None:
    """Make a gateway known under its key; the last one registered wins."""
    _gateways[gateway.key] = gateway


def gateway_for(key: str) -> Gateway:
    """Return the gateway of that key, or raise GatewayRefused."""
    try:
        return _gateways[key]
    except KeyError:
        raise GatewayRefused(f"No gateway is named {key!r}.", code="unknown_gateway") from None


def gateway_keys() -> tuple[str, ...]:
    """Return the keys of all registered gateways, sorted."""
    return tuple(sorted(_gateways))
