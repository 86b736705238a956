from __future__ import annotations

from functools import partial

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        from payments import receivers  # noqa: F401, PLC0415 -- registers the receivers
        from payments.own_kinds import register_own_kinds  # noqa: PLC0415 -- needs the models
        from payments.panels import register_panels  # noqa: PLC0415 -- needs the models

        register_own_kinds()
        register_panels()
        self._register_gateways()
        self._lend_links()
        self._lend_to_imports()

    def _register_gateways(self) -> None:
        from payments.gateways.network import add_guard  # noqa: PLC0415 -- needs the models
        from payments.gateways.registry import register_gateway  # noqa: PLC0415
        from payments.gateways.sandbox import SandboxGateway  # noqa: PLC0415
        from payments.gateways.stripe import StripeGateway  # noqa: PLC0415 -- slow to import
        from payments.sandbox_store import RowStore  # noqa: PLC0415
        from tenants.clock import now  # noqa: PLC0415
        from tenants.scope import assert_no_open_scope  # noqa: PLC0415

        add_guard(assert_no_open_scope)
        register_gateway(StripeGateway())
        if settings.DEMO:
            register_gateway(SandboxGateway(store=RowStore(), now=now))

    def _lend_links(self) -> None:
        from clients.placeholders import register_placeholder  # noqa: PLC0415 -- needs the models
        from invoices.plugs import lend_pay_links  # noqa: PLC0415
        from payments.links import message_placeholder, printed_url, reveal_link  # noqa: PLC0415

        register_placeholder("pay", reveal_link, words=_("link to pay"))
        for name, words in (
            ("paid", _("link: already paid")),
            ("later", _("link: I will pay on…")),
            ("problem", _("link: a problem")),
            ("plan", _("link to the instalment plan")),
        ):
            register_placeholder(name, partial(reveal_link, page=f"portal:{name}"), words=words)
        lend_pay_links(printed_url=printed_url, placeholder=message_placeholder)

    def _lend_to_imports(self) -> None:
        from invoices.import_plugs import lend_receiving, lend_to_undoing  # noqa: PLC0415
        from payments.imports import money_since, receive_in_full  # noqa: PLC0415

        lend_to_undoing(touched=money_since)
        lend_receiving(receive_in_full)
