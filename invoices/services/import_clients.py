"""Whose invoice an imported one is: a client who is known here, or a new one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError

from clients.models import Client, Person
from clients.services import client_search_key
from core.errors import DomainError
from core.errors import gettext_noop as _
from core.search import search_key
from invoices.importing.records import ImportedContact, ImportedInvoice, ImportedParty, say
from invoices.importing.table_clients import key_of
from tenants.scope import tenant_atomic

BATCH = 500
_SURE = ("siren", "vat_number")
_PUBLIC = ("1", "2")  # what the SIREN of the State and of local authorities begins with


class UnclearClient(DomainError):
    """The file does not say clearly enough which client is meant."""


class ClientTaken(DomainError):
    """Somebody else added a client while the import ran."""


@dataclass(slots=True, eq=False)
class Debtor:
    """A client as far as matching goes. `pk` 0: a new one, to be written from `party`."""

    name: str
    number: str = ""
    siren: str = ""
    vat_number: str = ""
    pk: int = 0
    party: ImportedParty | None = None
    emails: set[str] = field(default_factory=set)
    to_add: list[ImportedContact] = field(default_factory=list)


class ClientBook:
    """All clients of the tenant by what they may be recognised by, and the new ones of a file.

    Known by, the surest first: SIREN, VAT number, the tenant's own client number, an email that
    one client alone has, the name. Nobody is matched against an identifier that contradicts, and
    a mailbox that the file itself gives to two clients identifies neither.
    """

    def __init__(self, records: Sequence[ImportedInvoice]) -> None:
        self._by: dict[tuple[str, str], list[Debtor]] = defaultdict(list)
        self._of_party: dict[ImportedParty, Debtor] = {}
        self._shared = _shared_mailboxes({record.buyer for record in records})
        self._read()

    def find(self, party: ImportedParty) -> Debtor:
        """The client meant; a new one is remembered, and written by `save_new`.

        Raises:
            UnclearClient: several fit, or what the file says contradicts what is known.
        """
        known = self._of_party.get(party)
        if known is None:
            known = self._match(party) or self._meet(party)
            self._of_party[party] = known
            _note_contacts(known, party)
        return known

    def _read(self) -> None:
        columns = ("pk", "name", "number", "siren", "vat_number")
        debtors = {
            row["pk"]: Debtor(**row) for row in Client.objects.order_by("pk").values(*columns)
        }
        people = Person.objects.filter(removed_at=None, client__isnull=False).exclude(email="")
        for client_id, email in people.values_list("client_id", "email"):
            debtors[client_id].emails.add(email.lower())
        for debtor in debtors.values():
            self._index(debtor)
            for email in debtor.emails:
                self._by["email", email].append(debtor)

    def _index(self, debtor: Debtor) -> None:
        for kind in ("siren", "vat_number", "number"):
            if value := getattr(debtor, kind):
                self._by[kind, value].append(debtor)
        self._by["name", search_key(debtor.name)].append(debtor)

    def _match(self, party: ImportedParty) -> Debtor | None:
        for kind, value in self._keys(party):
            found = [
                each for each in self._by.get((kind, value), ()) if _may_be(each, party, by=kind)
            ]
            if len(found) > 1:
                found = _narrowed(found, party)
            if len(found) > 1 and kind != "email":
                raise UnclearClient(
                    _("Several clients may be “%(name)s”: give the client number or the SIREN."),
                    name=party.name,
                )
            if len(found) == 1:
                return found[0]
        return None

    def _keys(self, party: ImportedParty) -> Iterator[tuple[str, str]]:
        for kind in _SURE:
            yield kind, getattr(party, kind)
        yield "number", party.reference
        for email in party.emails:
            if email.lower() not in self._shared:
                yield "email", email.lower()
        yield "name", search_key(party.name)

    def _meet(self, party: ImportedParty) -> Debtor:
        if taken := self._by.get(("number", party.reference)):
            raise UnclearClient(
                _("“%(number)s” is the number of another client here: %(name)s."),
                number=party.reference,
                name=taken[0].name,
            )
        _check_lengths(party)
        debtor = Debtor(
            name=party.name,
            number=_number(party),
            siren=party.siren,
            vat_number=party.vat_number,
            party=party,
        )
        self._index(debtor)
        return debtor


def save_new(
    debtors: Iterable[Debtor], *, kind: str = Client.Kind.BUSINESS
) -> tuple[list[int], list[int]]:
    """Write new clients, and people to write to where nobody was known; give the ids of both.

    `kind` is that of clients without a SIREN and a VAT number: nothing says what they are.

    Raises:
        ClientTaken: a client with one of these numbers was added meanwhile.
    """
    wanted = list(debtors)
    new = [(debtor, debtor.party) for debtor in wanted if debtor.party and not debtor.pk]
    rows = [Client(**_facts(party, kind)) for _debtor, party in new]
    try:
        with tenant_atomic():
            Client.objects.bulk_create(rows, batch_size=BATCH)
    except IntegrityError as error:
        if "clients_client_number" not in str(error):
            raise
        raise ClientTaken(
            _("One of the clients was added here a moment ago: import the file again.")
        ) from error
    for (debtor, _party), row in zip(new, rows, strict=True):
        debtor.pk = row.pk
    people = [
        Person(client_id=debtor.pk, name=each.name, email=each.email, phone=each.phone)
        for debtor in wanted
        for each in debtor.to_add
    ]
    Person.objects.bulk_create(people, batch_size=BATCH)
    return [row.pk for row in rows], [person.pk for person in people]


def _shared_mailboxes(parties: Iterable[ImportedParty]) -> set[str]:
    owners: dict[str, set[str]] = defaultdict(set)
    for party in parties:
        for email in party.emails:
            owners[email.lower()].add(key_of(party))
    return {email for email, names in owners.items() if len(names) > 1}


def _may_be(debtor: Debtor, party: ImportedParty, *, by: str) -> bool:
    """Whether nothing that both have contradicts; the surest identifiers outweigh the rest."""
    compared = [(debtor.siren, party.siren)]
    if by not in _SURE:
        compared.append((debtor.vat_number, party.vat_number))
    if by in {"email", "name"}:
        compared.append((debtor.number, party.reference))
    return all(not here or not there or here == there for here, there in compared)


def _narrowed(found: Sequence[Debtor], party: ImportedParty) -> list[Debtor]:
    """Two establishments share a SIREN: the client number, or else the name, tells them apart."""
    numbered = [each for each in found if each.number and each.number == party.reference]
    named = [each for each in found if search_key(each.name) == search_key(party.name)]
    return numbered or named or list(found)


def _note_contacts(debtor: Debtor, party: ImportedParty) -> None:
    """Somebody to write to, where the client has no address yet; what is known stays as it is."""
    is_new = debtor.party is party
    if debtor.emails or not (party.emails or is_new):
        return
    contacts = list(party.contacts)
    named = {each.email for each in contacts}
    contacts += [ImportedContact(email=email) for email in party.emails if email not in named]
    debtor.to_add += contacts
    debtor.emails.update(email.lower() for email in party.emails)


def _number(party: ImportedParty) -> str:
    longest = Client._meta.get_field("number").max_length or 0
    return party.reference if len(party.reference) <= longest else ""


def _kind(party: ImportedParty, otherwise: str) -> str:
    if party.siren.startswith(_PUBLIC):
        return Client.Kind.PUBLIC_BODY
    return Client.Kind.BUSINESS if party.siren or party.vat_number else otherwise


def _facts(party: ImportedParty, kind: str = Client.Kind.BUSINESS) -> dict[str, Any]:
    """Columns of a new client; `kind` where neither SIREN nor VAT number tells."""
    first, *more = party.address_lines or ("",)
    number = _number(party)
    return {
        "kind": _kind(party, kind),
        "name": party.name,
        "number": number,
        "search_key": client_search_key(party.name, number),
        "siren": party.siren,
        "siret": party.siret,
        "vat_number": party.vat_number,
        "address": first,
        "address_more": ", ".join(more),
        "postcode": party.postcode,
        "city": party.city,
        "country": party.country or "FR",
    }


def _check_lengths(party: ImportedParty) -> None:
    contacts = [
        (Person, name, value)
        for each in party.contacts
        for name, value in (("name", each.name), ("email", each.email), ("phone", each.phone))
    ]
    facts = [(Client, name, value) for name, value in _facts(party).items() if name != "search_key"]
    for model, name, value in (*facts, *contacts):
        limit = getattr(model._meta.get_field(name), "max_length", None)
        if limit and len(value) > limit:
            reason = say(
                _("“%(text)s…” is longer than %(limit)s characters."), text=value[:40], limit=limit
            )
            raise UnclearClient(reason.template, **reason.params)
