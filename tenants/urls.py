"""Home, a new business, invitations."""

from __future__ import annotations

from django.urls import path

from tenants import views

urlpatterns = [
    path("", views.home, name="home"),
    path("businesses/new/", views.new_business, name="new_business"),
    path("businesses/find/", views.find_company, name="find_company"),
    path("invitations/<str:key>/", views.invitation, name="invitation"),
    path("invitations/<str:key>/accept/", views.accept, name="accept_invitation"),
    path("account-mails/", views.account_mails, name="account_mails"),
]
