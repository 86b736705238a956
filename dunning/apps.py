from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DunningConfig(AppConfig):
    name = "dunning"
    verbose_name = _("Dunning")

    def ready(self) -> None:
        from dunning import receivers  # noqa: F401, I001, PLC0415 -- connects them, these first
        from dunning import instalment_receivers  # noqa: F401, PLC0415
        from dunning.approval_links import register_approval_links  # noqa: PLC0415
        from dunning.imports import (  # noqa: PLC0415
            forget_cases,
            forget_profiles,
            steps_taken,
        )
        from dunning.kinds import register_kinds  # noqa: PLC0415 -- needs the models
        from dunning.panels import register_panels  # noqa: PLC0415
        from dunning.instalment_mails import register_plan_kinds  # noqa: PLC0415
        from dunning.instalment_panels import register_plan_panels  # noqa: PLC0415
        from dunning.queries import ASKED_ROWS  # noqa: PLC0415
        from invoices.import_plugs import lend_to_undoing  # noqa: PLC0415
        from tenants.navigation import register_nav_count  # noqa: PLC0415

        lend_to_undoing(touched=steps_taken, forget=forget_cases, forget_clients=forget_profiles)
        register_kinds()
        register_approval_links()
        register_panels()
        register_plan_kinds()
        register_plan_panels()
        register_nav_count("dunning", ASKED_ROWS)
