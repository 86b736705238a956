"""Instalment plans."""

from __future__ import annotations

from django.urls import path

from dunning.views import instalments, missed_parts

app_name = "plans"
urlpatterns = [
    path("", instalments.plan_list, name="list"),
    path("new/<uuid:client>/", instalments.propose, name="propose"),
    path("<uuid:plan>/", instalments.detail, name="detail"),
    path("<uuid:plan>/pdf/", instalments.pdf, name="pdf"),
    path("<uuid:plan>/agreed/", instalments.agreed, name="agreed"),
    path("<uuid:plan>/withdraw/", instalments.withdraw, name="withdraw"),
    path("<uuid:plan>/more-time/", missed_parts.more_time, name="more_time"),
    path("<uuid:plan>/chase/", missed_parts.chase, name="chase"),
]
