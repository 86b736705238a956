"""Payments."""

from __future__ import annotations

from django.urls import path

from payments import acts, views

app_name = "payments"
urlpatterns = [
    path("", views.payment_list, name="list"),
    path("new/", views.create, name="create"),
    path("attempts/<uuid:attempt>/seen/", views.seen, name="seen"),
    path("<uuid:payment>/", views.detail, name="detail"),
    path("<uuid:payment>/undo/", acts.undo, name="undo"),
    path("<uuid:payment>/bounce/", acts.bounce, name="bounce"),
    path("<uuid:payment>/refund/", acts.refund, name="refund"),
    path("<uuid:payment>/allocate/", acts.allocate_to, name="allocate"),
    path("<uuid:payment>/take-back/<uuid:receivable>/", acts.take_back, name="take_back"),
]
