"""A business with everything that a page can show, on the morning of a formal notice:
`settle()` writes it for real and says which objects the addresses of pages may name."""

import datetime as dt
import uuid
from collections import defaultdict
from decimal import Decimal

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str

from clients.delivery import deliver_tenant
from clients.models import Client, Message, Person
from clients.placeholders import links_in
from clients.services import log_call
from config.demo.logo import draw_logo
from dunning.approval_links import approval_placeholder
from dunning.models import Approval, Case, Profile, Promise
from dunning.notices import prepare_notices
from dunning.services import (
    open_dispute,
    pause,
    promise_to_pay,
    record_promise,
    report_problem,
    say_paid,
    take_step,
)
from dunning.services.answering import Answer
from invoices.models import ImportBatch, InstallmentPlan, Invoice, Receivable
from invoices.plan_rendering import render_plan
from invoices.rendering import render_document
from invoices.services import (
    LineInput,
    create_invoice,
    credit_invoice,
    issue_invoice,
    send_invoice,
    write_off,
)
from invoices.services.import_batches import confirm_import, start_import, undo_import
from invoices.services.import_work import work_on
from payments.accounts import connect_sandbox
from payments.attempts import start_attempt
from payments.links import link_token, make_link
from payments.models import Attempt, GatewayAccount, Payment
from payments.services import record_payment
from tenants.doors import make_door
from tenants.files import store_file
from tenants.models import Business, Door, Invitation, Membership, Role, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tenants.services import create_business
from tenants.theme import VERSION
from tests.conftest import make_tenant, make_user
from tests.dunning.old_book import bring_book, old
from tests.factories.dunning import (
    FIRM_DAY,
    FIRST_DAY,
    LAST_DAY,
    NOTICE_DAY,
    day,
    debtor,
    late_case,
    taken,
    walk_to_notice,
)
from tests.factories.plans import plan_link, three_plans

GESTURE = uuid.UUID("5f2c6c0e-6a0f-4b8e-9f51-0c4b8a7d2f10")  # payments, a yes to ladders
MOMENT = dt.datetime(2026, 4, 3, 9, 0, tzinfo=dt.UTC)  # eleven o'clock in Paris, NOTICE_DAY
EXPIRED = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
TIMES_LONG = "Société coopérative d’aménagement paysager du Golfe du Morbihan et des îles"


class World:
    """The people, and `objects`: for each argument of an address, what it may be."""

    def __init__(self):
        self.tenant = make_tenant("acme", name="Atelier Morel", mode=Tenant.Mode.LIVE, is_demo=True)
        self.owner = make_user("owner@acme.example", self.tenant, Role.OWNER)
        self.member = make_user("member@acme.example", self.tenant, Role.MEMBER)
        self.objects = defaultdict(list)
        self.newcomer = create_business(user=self.owner, name="Nouvelle affaire", now=MOMENT)


def settle():
    """Write the world; the clock must stand at `MOMENT`."""
    world = World()
    with use_tenant(world.tenant):
        with tenant_atomic():
            cases = _debts()
            _old_book()
            _silence(world, cases)
            _answer(cases)
            _climb(world, cases)
        prepare_notices(today=NOTICE_DAY, now=MOMENT)
        with tenant_atomic():
            sent = _documents(world)
            _payments(world)
            _imports(world)
            offer = three_plans(cases)
            world.objects["plan"] = _first(InstallmentPlan.objects.order_by("id"))
        render_document(invoice_id=sent.pk)
        render_plan(plan_id=offer.pk)
        deliver_tenant(now=MOMENT)
        _links(world)
        with tenant_atomic():
            _odd_messages()
            _name_objects(world)
        _account_keys(world)
    return world


def _debts():
    """One case for each client, in the order of their dates, as numbers want it."""
    cases = {"climbed": late_case(debtor("Transports Riou"), on=day(1, 5))}
    for key, name in _CLIENTS_OF_FEBRUARY.items():
        cases[key] = late_case(debtor(name))
    cases["apart"] = late_case(cases["asked"].client, net="480")
    cases["called"] = late_case(debtor("SCI Kerléano"), on=day(2, 12))
    cases["firm"] = late_case(debtor("Hôtel des Remparts", firm_steps_alone=False), on=day(2, 20))
    return cases


def _old_book():
    """What was issued elsewhere: debts of several ages, and a client who pays by himself."""
    paid = [
        old(f"2025-{place}", client="Quincaillerie Le Ny", late=120 + place, paid="4")
        for place in range(3)
    ]
    bring_book(
        *paid,
        old("2025-118", client="Quincaillerie Le Ny", late=12, gross="740,00"),
        old("2025-119", client="Ferme de Kergoat", late=60, gross="2380,50"),
        old("2025-120", client=f"{TIMES_LONG} et associés", late=95, gross="128450,00"),
    )


_CLIENTS_OF_FEBRUARY = {
    "disputed": TIMES_LONG,
    "promised": "Brasserie du Scorff",
    "paused": "Institut Belle-Île",
    "by_hand": "Camping du Ter",
    "noticed": "Garage Morvan",
    "asked": "Menuiserie Caudal",
    "paid": "Pharmacie du Bourg",
    "later": "Librairie des Halles",
    "problem": "Taxi Kervella",
    "offer": "Fleuriste Ar Mor",
    "running": "Conserverie du Blavet",
    "missed": "Chantier naval Hénaff",
}


def _silence(world, cases):
    """Disputed, promised, paused: each with its sentence."""
    said = {"user": world.owner, "today": NOTICE_DAY, "now": MOMENT}
    world.objects["dispute"] = [
        open_dispute(case=cases[key], text="Il manque la pose.", **said)
        for key in ("disputed", "apart")
    ]
    record_promise(
        case=cases["promised"],
        amount=Decimal(600),
        promised_for=day(4, 9),
        made_by="Malo Le Bris",
        channel="CALL",
        **said,
    )
    case = cases["paused"]
    world.objects["pause"] = [
        pause(client=case.client, case=case, until=day(4, 20), reason="Subvention", **said)
    ]


def _answer(cases):
    """What clients say behind the link, one of each sort."""
    paid, later, problem = (_answer_of(cases[key]) for key in ("paid", "later", "problem"))
    say_paid(paid, paid_on=NOTICE_DAY, means="TRANSFER", note="Parti ce matin.")
    promise_to_pay(later, promised_for=day(4, 20))
    report_problem(problem, text="Le montant n’est pas celui du devis.")


def _answer_of(case):
    return Answer(case.client, [case.receivable], "fr", str(case.public_id), NOTICE_DAY, MOMENT)


def _climb(world, cases):
    """A firm step to approve, a call to make, a notice asked, one granted, the end of a ladder."""
    for key, steps in _TAKEN.items():
        for step, on in steps.items():
            taken(cases[key], step, on)
    walk_to_notice(cases["noticed"])
    take_step(case=cases["by_hand"], user=world.owner, today=NOTICE_DAY, now=MOMENT, confirm=True)


_TAKEN = {
    "climbed": {"LAST_CALL": day(2, 20), "FORMAL_NOTICE": day(3, 6)},
    "called": {"FIRST": day(3, 16), "FIRM": day(3, 23)},
    "firm": {"FIRST": day(3, 24)},
    "by_hand": {"FIRST": FIRST_DAY},
    "asked": {"FIRST": FIRST_DAY, "FIRM": FIRM_DAY, "LAST_CALL": LAST_DAY},
}


def _documents(world):
    """A draft, a credit note and its invoice, one written off, one to a consumer; the one sent."""
    logo = store_file(content=draw_logo("#0F5A46"), name="logo.png", media_type="image/png")
    Business.objects.update(logo=logo)
    client = debtor("Cabinet Audrain")
    said = {"user": world.owner, "now": MOMENT}
    _draft(client)
    credited, sent, lost = (_issued(client, world) for _each in range(3))
    credit_invoice(invoice=credited, reason="Commande annulée", today=NOTICE_DAY, **said)
    send_invoice(invoice=sent, **said)
    write_off(
        receivable=Receivable.objects.get(invoice=lost),
        reason="Liquidation",
        today=NOTICE_DAY,
        **said,
    )
    _issued(debtor("Yvonne Le Goff", kind=Client.Kind.CONSUMER, siren=""), world)
    log_call(client=client, outcome="ANSWERED", note="Rappeler lundi", **said)
    return sent


def _draft(client):
    line = LineInput(
        description="Bibliothèque", unit_price=Decimal("2890.50"), vat_rate=Decimal(20)
    )
    return create_invoice(client=client, lines=[line], user=None, terms="NET_30")


def _issued(client, world):
    return issue_invoice(invoice=_draft(client), today=NOTICE_DAY, now=MOMENT, user=world.owner)


def _payments(world):
    """More than was owed, so that something is left; and one by cheque for a part."""
    said = {"received_on": NOTICE_DAY, "now": MOMENT, "user": world.owner}
    client = debtor("Boulangerie Léon")
    _issued(client, world)
    record_payment(
        client=client, amount=Decimal(9000), means="TRANSFER", recorded_with=GESTURE, **said
    )
    parted = Client.objects.get(name="Cabinet Audrain")
    record_payment(
        client=parted, amount=Decimal(100), means="CHEQUE", recorded_with=GESTURE, **said
    )


def _imports(world):
    """One of each state: being read, to look at with faults, imported twice, undone."""
    said = {"user": world.owner, "now": MOMENT}

    def read(text, name="livre.csv"):
        batch = start_import(
            files=[(name, f"{_HEADINGS}{text}".encode())],
            currency="EUR",
            client_kind="BUSINESS",
            language="fr",
            **said,
        )
        work_on(batch_id=batch.pk, today=NOTICE_DAY, now=MOMENT)
        return batch

    def bring(text):
        batch = confirm_import(batch=read(text), partial=True, **said)
        work_on(batch_id=batch.pk, today=NOTICE_DAY, now=MOMENT)
        return batch

    first = bring("A1;Quincaillerie du Port;02/01/2026;02/02/2026;480,00\n"
                  "A2;Quincaillerie du Port;03/01/2026;03/02/2026;60,00\n")  # fmt: skip
    weekly = bring("A2;Quincaillerie du Port;03/01/2026;03/02/2026;60,00\n")
    gone = bring("B1;Atelier Nicol;02/01/2026;02/02/2026;480,00\n")
    undo_import(batch=gone, **said)
    work_on(batch_id=gone.pk, today=NOTICE_DAY, now=MOMENT)
    faulty = read("C1;Atelier Nicol;02/01/2026;;480,00\nC2;;02/01/2026;31/02/2026;10,00\n")
    waiting = read("")
    ImportBatch.objects.filter(pk=waiting.pk).update(state=ImportBatch.State.READING)
    world.objects["batch"] = [each.public_id for each in (weekly, first, gone, faulty, waiting)]


_HEADINGS = "Facture;Client;Date de facture;Échéance;Montant TTC\n"


def _links(world):
    """To pay, paid, and out of date; and a page of the sandbox that waits."""
    with tenant_atomic():
        connect_sandbox(user=world.owner, now=MOMENT)
        account = GatewayAccount.objects.get()
        client = Client.objects.get(name="Cabinet Audrain")
        owed = Receivable.objects.filter(client=client, balance__gt=0)
        paid = Receivable.objects.filter(client__name="Boulangerie Léon")
        said = {"language": "fr", "now": MOMENT}
        open_link, old = (make_link(client=client, receivables=owed, **said) for _each in "ab")
        paid_link = make_link(client=paid[0].client, receivables=paid, **said)
        Door.objects.filter(target=old.public_id).update(expires_at=EXPIRED)
        offered, parted = (
            plan_link(plan, **said) for plan in InstallmentPlan.objects.order_by("id")[:2]
        )
    attempt = start_attempt(link=open_link, now=MOMENT)
    links = (open_link, paid_link, old, offered, parted)
    world.objects["token"] = [link_token(link) for link in links]
    world.objects["question"] = [_question(world.owner)]
    world.objects["account"] = [account.public_id]
    world.objects["external_id"] = [attempt.external_id]


def _question(user):
    """The link of an evening mail to a firm step."""
    with tenant_atomic():
        approval = Approval.objects.filter(state="ASKED", step="FIRM").first()
        stands = approval_placeholder(approval_id=approval.pk, user_id=user.pk, now=MOMENT)
        return links_in([stands])[stands].rstrip("/").rpartition("/")[2]


def _odd_messages():
    """What mail servers do: one message refused, one in doubt."""
    kept = list(Message.objects.filter(state=Message.State.KEPT).order_by("id")[:2])
    for message, state in zip(kept, ("FAILED", "AMBIGUOUS"), strict=True):
        Message.objects.filter(pk=message.pk).update(
            state=state, server_answer="550 5.1.1 No such user here", doubtful_since=MOMENT
        )


def _name_objects(world):
    """One of each sort for the addresses, not one of each row."""
    objects = world.objects
    objects["client"] = _first(Client.objects.filter(name__in=["Cabinet Audrain", TIMES_LONG]))
    objects["client"] += _first(Client.objects.filter(name="Yvonne Le Goff"))
    objects["person"] = _first(Person.objects.all()[:1])
    objects["message"] = _each_once(Message.objects.order_by("id"), "kind", "state")
    objects["message"] += _first(Message.objects.filter(file_count__gt=0)[:1])
    objects["position"] = [0]
    objects["member"] = _first(Membership.objects.filter(user=world.member))
    objects["invoice"] = _each_once(Invoice.objects.order_by("id"), "kind", "state")
    objects["invoice"] += _first(Invoice.objects.exclude(document=None))
    objects["invoice"] += _first(Invoice.objects.filter(client__name="Garage Morvan"))
    objects["receivable"] = _first(Receivable.objects.filter(balance__gt=0)[:1])
    objects["receivable"] += _first(Receivable.objects.filter(kind="RECOVERY_INDEMNITY"))
    objects["payment"] = _first(Payment.objects.all())
    objects["attempt"] = _first(Attempt.objects.all())
    objects["approval"] = _first(Approval.objects.filter(state="ASKED"))
    objects["case"] = _each_once(Case.objects.order_by("id"), "silence", "state")
    objects["case"] += _first(Case.objects.filter(client__name="Garage Morvan"))
    objects["case"] += _first(Case.objects.filter(client__name="Ferme de Kergoat"))
    objects["client"] += _first(Client.objects.filter(name__regex="^(Ferme|Fleuriste)"))
    objects["dispute"] = _first(objects["dispute"])
    objects["promise"] = _first(Promise.objects.order_by("id")[:1])
    agreed = Profile.objects.exclude(approved_at=None).order_by("id")[:1]
    Profile.objects.filter(pk__in=agreed).update(agreed_with=GESTURE)
    objects["gesture"], objects["step"] = [GESTURE], ["owed"]
    objects["pause"] = _first(objects["pause"])
    objects["words"], objects["language"] = ["coming", "firm", "thanks"], ["fr", "en"]
    objects["version"], objects["color"] = [VERSION], ["0f5a46"]


def _account_keys(world):
    """What the mails of the account pages lead to."""
    address = EmailAddress.objects.create(user=world.owner, email=world.owner.email, primary=True)
    token = default_token_generator.make_token(world.owner)
    world.objects["uidb36"] = [user_pk_to_url_str(world.owner)]
    world.objects["key"] = [
        EmailConfirmationHMAC(address).key,
        token,
        *(_invitation(world, key, expires) for key, expires in _INVITATIONS),
    ]


_INVITATIONS = (("welcome", dt.datetime(2027, 1, 1, tzinfo=dt.UTC)), ("too-late", EXPIRED))


def _invitation(world, key, expires_at):
    door = make_door(
        kind=Door.Kind.INVITATION, key=key, target=world.tenant.public_id, expires_at=expires_at
    )
    Invitation.objects.create(
        tenant=world.tenant,
        door=door,
        email=f"{key}@elsewhere.example",
        role=Role.MEMBER,
        invited_by=world.owner,
    )
    return key


def _first(rows):
    return [row.public_id for row in rows]


def _each_once(rows, *fields):
    """One row for each combination of these fields."""
    found = {tuple(getattr(row, field) for field in fields): row for row in rows}
    return _first(found.values())
