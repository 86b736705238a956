"""The evening round, in the section of Today."""

from __future__ import annotations

from django.urls import path

from reports import evening_views as views

app_name = "today"
urlpatterns = [
    path("", views.evening, name="evening"),
    path("paid/", views.paid, name="paid"),
    path("mail/", views.mail, name="mail"),
]
