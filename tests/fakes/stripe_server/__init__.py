"""A stand-in for Stripe: real HTTP, real signatures, state, and a contract it is held to."""

from tests.fakes.stripe_server.server import StripeServer

__all__ = ["StripeServer"]
