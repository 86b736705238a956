"""Clients and messages."""

from __future__ import annotations

from django.urls import path

from clients.views import messages, persons, records

app_name = "clients"
urlpatterns = [
    path("", records.client_list, name="list"),
    path("new/", records.create, name="create"),
    path("messages/", messages.message_list, name="messages"),
    path("messages/<uuid:message>/", messages.message, name="message"),
    path("messages/<uuid:message>/html/", messages.message_html, name="message_html"),
    path("messages/<uuid:message>/files/<int:position>/", messages.attachment, name="attachment"),
    path("messages/<uuid:message>/cancel/", messages.cancel, name="cancel_message"),
    path("messages/<uuid:message>/again/", messages.again, name="send_again"),
    path("messages/<uuid:message>/left/", messages.left, name="confirm_left"),
    path("messages/<uuid:message>/done/", persons.task_done, name="task_done"),
    path("persons/<uuid:person>/", persons.edit, name="person"),
    path("persons/<uuid:person>/remove/", persons.remove, name="remove_person"),
    path("<uuid:client>/", records.detail, name="detail"),
    path("<uuid:client>/edit/", records.edit, name="edit"),
    path("<uuid:client>/archive/", records.archive, name="archive"),
    path("<uuid:client>/unarchive/", records.unarchive, name="unarchive"),
    path("<uuid:client>/stop/", records.stop, name="stop"),
    path("<uuid:client>/resume/", records.resume, name="resume"),
    path("<uuid:client>/persons/new/", persons.add, name="add_person"),
    path("<uuid:client>/call/", persons.call, name="call"),
]
