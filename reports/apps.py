from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from reports.books.glance import read_figures  # noqa: PLC0415 -- needs the models
        from reports.digest import register_digest  # noqa: PLC0415
        from tenants.figures import register_figures  # noqa: PLC0415

        register_digest()
        register_figures(read_figures)
