"""Every page of both spaces, who may open it, and how its address is made.

To add a page: one row here, and a factory in `ARGS` for an argument not yet known.
"""

import uuid

from django.conf import settings
from django.urls import URLPattern, get_resolver, reverse

from clients.models import Message
from tenants.access import OWNERS, READERS, WRITERS
from tenants.models import Membership, Role
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_user
from tests.factories.clients import make_client

# name: (who may, what GET answers them)
PAGES = {
    "today": (READERS, 200),
    "today:evening": (READERS, 200),
    "today:paid": (WRITERS, 302),
    "today:mail": (WRITERS, 200),
    "today:guide_step": (READERS, 404),
    "today:close_guide": (READERS, 405),
    "clients:list": (READERS, 200),
    "clients:create": (WRITERS, 200),
    "clients:messages": (READERS, 200),
    "clients:message": (READERS, 200),
    "clients:message_html": (READERS, 404),
    "clients:attachment": (READERS, 404),
    "clients:cancel_message": (WRITERS, 405),
    "clients:send_again": (WRITERS, 405),
    "clients:confirm_left": (WRITERS, 405),
    "clients:task_done": (WRITERS, 405),
    "clients:person": (WRITERS, 200),
    "clients:remove_person": (WRITERS, 405),
    "clients:detail": (READERS, 200),
    "clients:edit": (WRITERS, 200),
    "clients:archive": (WRITERS, 405),
    "clients:unarchive": (WRITERS, 405),
    "clients:stop": (WRITERS, 200),
    "clients:resume": (WRITERS, 200),
    "clients:add_person": (WRITERS, 200),
    "clients:call": (WRITERS, 200),
    "invoices:list": (READERS, 200),
    "invoices:create": (WRITERS, 200),
    "invoices:totals": (WRITERS, 405),
    "invoices:clients": (WRITERS, 200),
    "invoices:import": (WRITERS, 200),
    "invoices:import_batch": (READERS, 404),
    "invoices:import_read": (WRITERS, 405),
    "invoices:import_go": (WRITERS, 405),
    "invoices:import_refused": (READERS, 404),
    "invoices:import_missing": (WRITERS, 404),
    "invoices:import_undo": (WRITERS, 404),
    "invoices:write_off": (WRITERS, 404),
    "invoices:detail": (READERS, 404),
    "invoices:pdf": (READERS, 404),
    "invoices:edit": (WRITERS, 404),
    "invoices:delete": (WRITERS, 404),
    "invoices:copy": (WRITERS, 405),
    "invoices:issue": (WRITERS, 404),
    "invoices:send": (WRITERS, 405),
    "invoices:credit": (WRITERS, 404),
    "invoices:redo": (WRITERS, 404),
    "payments:list": (READERS, 200),
    "payments:create": (WRITERS, 200),
    "payments:seen": (WRITERS, 405),
    "payments:detail": (READERS, 404),
    "payments:undo": (WRITERS, 404),
    "payments:bounce": (WRITERS, 404),
    "payments:refund": (WRITERS, 404),
    "payments:allocate": (WRITERS, 405),
    "payments:take_back": (WRITERS, 405),
    "dunning:overview": (READERS, 200),
    "dunning:start": (WRITERS, 200),
    "dunning:good_payers": (WRITERS, 405),
    "dunning:plan": (READERS, 200),
    "dunning:approve_plan": (WRITERS, 200),
    "dunning:live": (READERS, 200),
    "dunning:undo_plan": (WRITERS, 404),
    "dunning:undo_transfers": (WRITERS, 404),
    "dunning:undo_answer": (WRITERS, 405),
    "dunning:undo_pause": (WRITERS, 405),
    "dunning:undo_promise": (WRITERS, 405),
    "dunning:undo_dispute": (WRITERS, 405),
    "dunning:client_plan": (READERS, 200),
    "dunning:agree": (WRITERS, 405),
    "dunning:client_words": (WRITERS, 200),
    "dunning:enter": (WRITERS, 404),
    "dunning:approvals": (READERS, 200),
    "dunning:approval": (READERS, 404),
    "dunning:approve": (WRITERS, 405),
    "dunning:totals": (WRITERS, 405),
    "dunning:letter": (READERS, 404),
    "dunning:refuse": (WRITERS, 404),
    "dunning:postpone": (WRITERS, 404),
    "dunning:case": (READERS, 404),
    "dunning:step": (WRITERS, 404),
    "dunning:pause_case": (WRITERS, 404),
    "dunning:promise": (WRITERS, 404),
    "dunning:dispute": (WRITERS, 404),
    "dunning:mailed": (WRITERS, 404),
    "dunning:stop_invoice": (WRITERS, 405),
    "dunning:resume_invoice": (WRITERS, 405),
    "dunning:resume_pause": (WRITERS, 405),
    "dunning:resolve_dispute": (WRITERS, 404),
    "dunning:ladder": (WRITERS, 200),
    "dunning:preferences": (WRITERS, 200),
    "dunning:pause_client": (WRITERS, 200),
    "dunning:task": (READERS, 302),
    "dunning:answer": (READERS, 404),
    "dunning:answer_arrived": (WRITERS, 405),
    "dunning:answer_not_arrived": (WRITERS, 405),
    "dunning:answer_seen": (WRITERS, 405),
    "dunning:letter_to_post": (WRITERS, 404),
    "dunning:letter_pdf": (READERS, 404),
    "dunning:hand_over": (WRITERS, 404),
    "dunning:waive_fee": (WRITERS, 404),
    "documents:settings": (OWNERS, 200),
    "documents:logo": (OWNERS, 404),
    "gateways:settings": (OWNERS, 200),
    "gateways:sandbox": (OWNERS, 405),
    "gateways:check": (OWNERS, 405),
    "gateways:webhook": (OWNERS, 405),
    "gateways:disconnect": (OWNERS, 404),
    "ladders:settings": (OWNERS, 200),
    "ladders:words": (OWNERS, 200),
    "ladders:words_for_all": (OWNERS, 200),
    "onboarding:ready": (OWNERS, 200),
    "onboarding:business": (OWNERS, 200),
    "onboarding:look": (OWNERS, 200),
    "onboarding:header": (OWNERS, 200),
    "onboarding:bank": (OWNERS, 200),
    "onboarding:numbers": (OWNERS, 200),
    "onboarding:next_number": (OWNERS, 200),
    "onboarding:sending": (OWNERS, 200),
    "onboarding:test_mail": (OWNERS, 200),
    "reports:accounts": (frozenset({Role.OWNER, Role.ACCOUNTANT}), 200),
    "reports:aged": (READERS, 200),
    "reports:aged_client": (READERS, 200),
    "reports:fec": (READERS, 200),
    "plans:list": (READERS, 200),
    "plans:propose": (WRITERS, 302),
    "plans:detail": (READERS, 404),
    "plans:pdf": (READERS, 404),
    "plans:agreed": (WRITERS, 404),
    "plans:withdraw": (WRITERS, 404),
    "plans:more_time": (WRITERS, 404),
    "plans:chase": (WRITERS, 404),
    "reports:receipts": (READERS, 200),
    "reports:sales": (READERS, 200),
    "sending:settings": (OWNERS, 200),
    "sending:test": (OWNERS, 405),
    "settings:index": (READERS, 200),
    "settings:business": (OWNERS, 200),
    "settings:bank": (OWNERS, 200),
    "settings:look": (OWNERS, 200),
    "settings:team": (OWNERS, 200),
    "settings:invite": (OWNERS, 405),
    "settings:change_role": (OWNERS, 405),
    "settings:remove_member": (OWNERS, 405),
    "settings:go_live": (OWNERS, 405),
    "settings:stop": (OWNERS, 405),
    "settings:resume": (OWNERS, 405),
}
# public pages: what GET answers without a session
PUBLIC = {
    "set_language": 405,
    "set_theme": 405,
    "tenant_theme": 200,
    "home": 302,
    "new_business": 302,
    "find_company": 302,
    "invitation": 302,
    "accept_invitation": 302,
    "account_mails": 200,
    "portal:link": 404,
    "portal:pay": 404,
    "portal:paid": 404,
    "portal:later": 404,
    "portal:problem": 404,
    "portal:plan": 404,
    "portal:plan_decline": 404,
    "portal:plan_document": 404,
    "portal:return": 404,
    "portal:document": 404,
    "portal:decide": 404,
    "portal:sandbox": 404,
    "hooks:stripe": 405,
}
NOT_OURS = ("account_", "admin:")  # django-allauth's and the operator's, tested by their makers


def _client(tenant):
    return make_client().public_id


def _person(tenant):
    return make_client().persons.get().public_id


def _message(tenant):
    return Message.objects.create(client=make_client(), kind="PROBE", state="TODO").public_id


def _member(tenant):
    user = make_user(f"m-{uuid.uuid4()}@x.example", tenant, Role.MEMBER)
    return Membership.objects.get(user=user).public_id


# an argument's name: what makes such a thing in a tenant
ARGS = {
    "client": _client,
    "person": _person,
    "message": _message,
    "member": _member,
    "position": lambda _tenant: 1,
    "step": lambda _tenant: "unknown",
    "key": lambda _tenant: "unknown",
    "token": lambda _tenant: "unknown",
    "question": lambda _tenant: "unknown",
    "account": lambda _tenant: uuid.uuid4(),
    "external_id": lambda _tenant: "unknown",
    # ids that lead to nothing: roles are checked first, and the pages of real ones are tested
    # where they are made
    **dict.fromkeys(
        (
            "approval",
            "attempt",
            "batch",
            "case",
            "dispute",
            "gesture",
            "invoice",
            "pause",
            "payment",
            "plan",
            "promise",
            "receivable",
        ),
        lambda _tenant: uuid.uuid4(),
    ),
    "version": lambda _tenant: 1,
    "color": lambda _tenant: "0f5a46",
    "words": lambda _tenant: "firm",
    "language": lambda _tenant: "fr",
}

LETTERS = {"words", "language"}


def names_of(urlconf):
    found = {}
    _walk(get_resolver(urlconf).url_patterns, "", found)
    return found


def _walk(patterns, prefix, found):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            found[f"{prefix}{pattern.name}"] = pattern
        else:
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            _walk(pattern.url_patterns, space, found)


TENANT_SPACE = names_of(settings.TENANT_URLCONF)
PUBLIC_SPACE = {
    name: pattern
    for name, pattern in names_of(settings.ROOT_URLCONF).items()
    if name == "account_mails" or not name.startswith(NOT_OURS)
}


def address(pattern_name, tenant, objects_of=None):
    """The path of a page, with objects of `objects_of` (default: the tenant itself)."""
    urlconf = settings.TENANT_URLCONF if tenant else settings.ROOT_URLCONF
    space = TENANT_SPACE if tenant else PUBLIC_SPACE
    names = space[pattern_name].pattern.converters
    maker = objects_of or tenant
    if maker is None:
        kwargs = {name: ARGS[name](None) for name in names}
    else:
        with use_tenant(maker), tenant_atomic():
            kwargs = {name: ARGS[name](maker) for name in names}
    path = reverse(pattern_name, urlconf=urlconf, kwargs=kwargs)
    return f"/t/{tenant.slug}{path}" if tenant else path
