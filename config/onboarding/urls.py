"""The screens after the first, and the fork at their end."""

from __future__ import annotations

from django.urls import path

from config.onboarding import views

app_name = "onboarding"
urlpatterns = [
    path("", views.ready, name="ready"),
    path("business/", views.business, name="business"),
    path("look/", views.look, name="look"),
    path("look/header/", views.header, name="header"),
    path("bank/", views.bank, name="bank"),
    path("numbers/", views.numbers, name="numbers"),
    path("numbers/next/", views.next_number, name="next_number"),
    path("sending/", views.sending, name="sending"),
    path("sending/test/", views.test_mail, name="test_mail"),
]
