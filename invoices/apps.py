from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicesConfig(AppConfig):
    name = "invoices"
    verbose_name = _("Invoices")

    def ready(self) -> None:
        from clients.usual_terms import register_terms  # noqa: PLC0415
        from invoices import import_tasks  # noqa: F401, PLC0415 -- names its tasks to Celery
        from invoices.agreed_terms import USUAL  # noqa: PLC0415
        from invoices.client_panels import register_client_panels  # noqa: PLC0415 -- needs the models
        from invoices.mails import register_kinds  # noqa: PLC0415
        from invoices.queries import LATE_ROWS  # noqa: PLC0415
        from tenants.navigation import register_nav_count  # noqa: PLC0415

        register_kinds()
        register_terms(USUAL)
        register_client_panels()
        register_nav_count("invoices", LATE_ROWS)
