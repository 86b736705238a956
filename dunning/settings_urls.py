"""Settings of dunning."""

from __future__ import annotations

from django.urls import path

from dunning.views.settings import ladders

app_name = "ladders"
urlpatterns = [path("", ladders, name="settings")]
