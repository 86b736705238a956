"""The evening round, in the section of Today."""

from __future__ import annotations

from django.urls import path

from reports import evening_views as views
from reports import guide_views

app_name = "today"
urlpatterns = [
    path("", views.evening, name="evening"),
    path("paid/", views.paid, name="paid"),
    path("mail/", views.mail, name="mail"),
    path("guide/close/", guide_views.close, name="close_guide"),
    path("guide/<slug:step>/", guide_views.step, name="guide_step"),
]
