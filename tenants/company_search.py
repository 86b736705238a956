"""The search box of the register, and the facts that come back with an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from tenants.forms import IdentityForm
from tenants.registries.companies import SENTENCES, Trouble, is_on


def asked_facts(request: HttpRequest) -> dict[str, str]:
    """What the address says of the business: the first values of its form."""
    names = IdentityForm.base_fields
    return {name: request.GET[name] for name in request.GET if name in names}


def search_context(request: HttpRequest) -> dict[str, Any]:
    """What `tenants/_search.html` shows, and whether the form below it is needed at once."""
    facts = asked_facts(request)
    told = request.GET.get("register", "")
    known = {trouble.value: SENTENCES[trouble] for trouble in Trouble}
    is_typing = bool(facts or told or request.method == "POST" or not is_on())
    return {
        "wanted": request.GET.get("q", ""),
        "back": "today" if request.GET.get("back") == "today" else "",
        "can_search": is_on(),
        "trouble": gettext(known[told]) if told in known else "",
        "is_found": "siren" in facts and not told,
        "is_typing": is_typing,
        "is_first": not is_typing,
    }
