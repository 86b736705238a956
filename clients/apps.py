from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = _("Clients")

    def ready(self) -> None:
        from clients import receivers  # noqa: F401, PLC0415 -- registers the receivers
        from clients.own_kinds import register_own_kinds  # noqa: PLC0415 -- needs the models

        register_own_kinds()
