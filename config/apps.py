"""The project itself as an app: its commands, template tags and translations."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "config"
    verbose_name = "Échéance"
