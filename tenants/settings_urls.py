"""Settings of the business."""

from __future__ import annotations

from django.urls import path

from tenants import settings_views as views

app_name = "settings"
urlpatterns = [
    path("", views.index, name="index"),
    path("business/", views.business, name="business"),
    path("bank/", views.bank, name="bank"),
    path("look/", views.look, name="look"),
    path("team/", views.team, name="team"),
    path("team/invite/", views.invite_member, name="invite"),
    path("team/<uuid:member>/role/", views.change_member, name="change_role"),
    path("team/<uuid:member>/remove/", views.remove, name="remove_member"),
    path("live/", views.live, name="go_live"),
    path("stop/", views.stop_all, name="stop"),
    path("resume/", views.resume_all, name="resume"),
]
