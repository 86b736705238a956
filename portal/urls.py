"""What a client sees behind a link, and the demonstration's payment page."""

from __future__ import annotations

from django.urls import path

from portal import deciding, doors, plans, sandbox, views

app_name = "portal"
urlpatterns = [
    path("p/<str:token>/", views.link, name="link"),
    path("p/<str:token>/pay/", views.pay, name="pay"),
    path("p/<str:token>/paid/", doors.paid, name="paid"),
    path("p/<str:token>/later/", doors.later, name="later"),
    path("p/<str:token>/problem/", doors.problem, name="problem"),
    path("p/<str:token>/plan/", plans.plan, name="plan"),
    path("p/<str:token>/plan/no/", plans.decline, name="plan_decline"),
    path("p/<str:token>/plan/document.pdf", plans.document, name="plan_document"),
    path("p/<str:token>/return/", views.came_back, name="return"),
    path("p/<str:token>/invoice/<uuid:invoice>.pdf", views.document, name="document"),
    path("d/<str:question>/", deciding.decide, name="decide"),
    path("sandbox/<uuid:account>/<str:external_id>/", sandbox.page, name="sandbox"),
]
