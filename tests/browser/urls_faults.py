"""The public pages, and every template that says an error, with its own status."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import path

from config.urls_public import urlpatterns as public

TEMPLATES = Path(settings.BASE_DIR) / "templates"
ERRORS = [
    path.relative_to(TEMPLATES).as_posix()
    for pattern in ("4*.html", "5*.html", "errors/4*.html", "portal/too_often.html")
    for path in sorted(TEMPLATES.glob(pattern))
]


@login_not_required
def said(request, template):
    return render(request, template)


urlpatterns = [*public, path("said/<path:template>/", said, name="said")]
