"""Settings of dunning."""

from __future__ import annotations

from django.urls import path

from dunning.views.settings import ladders
from dunning.views.words import words, words_for_all

app_name = "ladders"
urlpatterns = [
    path("", ladders, name="settings"),
    path("words/", words, name="words"),
    path("words/<slug:words>/<slug:language>/", words_for_all, name="words_for_all"),
]
