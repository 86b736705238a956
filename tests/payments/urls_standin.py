"""A tenant's pages, with an empty page wherever the menu leads to an app that has none yet."""

from django.http import HttpResponse
from django.urls import NoReverseMatch, include, path, reverse

from config.urls_tenant import urlpatterns as real

MENU = ("today", "invoices:list", "dunning:overview", "documents:settings", "ladders:settings")


def nothing(request):
    return HttpResponse("")


def _missing():
    for name in MENU:
        try:
            reverse(name, urlconf="config.urls_tenant")
        except NoReverseMatch:
            yield name


def _standin(name):
    namespace, _colon, word = name.rpartition(":")
    page = path(f"standin/{word}/", nothing, name=word)
    if not namespace:
        return page
    return path(f"standin/{namespace}/", include(([page], namespace)))


_names = list(_missing())
_spaces = {name.rpartition(":")[0] for name in _names}
urlpatterns = [
    *(each for each in real if getattr(each, "namespace", None) not in _spaces - {""}),
    *(_standin(name) for name in _names),
]
