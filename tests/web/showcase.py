"""The pages that show every component, with the figures of an invented business."""

from decimal import Decimal

from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation

from config.templatetags.look import STATES
from tenants.models import Membership, Tenant, User

TENANT = Tenant(name="Atelier Morel SARL", slug="atelier-morel", color="#0F5A46", mode="TEST")
OTHER = Tenant(name="Fournil du Port", slug="fournil", color="#1E3A5F", mode="LIVE")
OWNER = User(name="Claire Morel", email="claire@example.com", language="fr")
MEMBERSHIPS = [Membership(user=OWNER, tenant=tenant, role="OWNER") for tenant in (TENANT, OTHER)]


class SampleForm(forms.Form):
    name = forms.CharField(label="Nom")
    email = forms.EmailField(label="E-mail", help_text="Pour les factures et les relances.")
    due_on = forms.DateField(
        label="Échéance", widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    amount = forms.DecimalField(
        label="Montant",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}),
    )
    kind = forms.ChoiceField(label="Sorte", choices=[("B", "Entreprise"), ("C", "Particulier")])
    channel = forms.ChoiceField(
        label="Canal",
        choices=[("E", "E-mail"), ("P", "Téléphone")],
        widget=forms.RadioSelect,
        help_text="Le canal préféré.",
    )
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label="Je valide l’échelle datée de ce client")

    def clean(self):
        raise forms.ValidationError("Le total des échéances doit être celui de la facture.")


KPI = ("label", "value", "note", "trend", "trend_is", "url", "is_bad")
TASK = ("colour", "icon", "kind", "title", "why", "amount", "late", "label", "is_bad")


def _kpi(*values):
    return dict(zip(KPI, values, strict=False))


def _task(*values):
    return dict(zip(TASK, values, strict=False))


CONTEXT = {
    "tenant": TENANT,
    "membership": MEMBERSHIPS[0],
    "memberships": MEMBERSHIPS,
    "nav_counts": {"today": 7, "invoices": 19},
    "kpis": [
        _kpi("À encaisser", "48 260,00 €", "19 factures ouvertes, 14 clients", "", "", "/list"),
        _kpi("En retard", "17 940,00 €", "8 factures", "−4 points sur octobre", "good", "/l", True),
        _kpi("Encaissé en novembre", "31 415,20 €", "23 paiements", "+12 % sur octobre", "good"),
        _kpi("Délai de paiement (DSO)", "41 jours", "objectif 35, meilleur possible 29"),
    ],
    "choices": [
        {"url": "/all", "label": "Tout", "count": 7, "is_current": True},
        {"url": "/calls", "label": "Appels", "count": 2},
        {"url": "/approve", "label": "À valider", "count": 3},
    ],
    "tabs": [
        {"url": "/t1", "label": "Aperçu", "is_current": True},
        {"url": "/t2", "label": "Factures", "count": 12},
        {"url": "/t3", "label": "Échanges"},
    ],
    "tasks": [
        _task(
            "overdue",
            "phone",
            "Appel",
            "SCI Kerléano",
            "Promesse du 20 nov. non tenue",
            "3 216,00 €",
            "38 jours de retard",
            "Appeler",
            True,
        ),
        _task(
            "notice",
            "gavel",
            "Courrier",
            "Garage Morvan",
            "Mise en demeure prête à signer",
            "2 880,00 €",
            "70 jours de retard",
            "Relire la lettre",
        ),
        _task(
            "due",
            "mail-check",
            "E-mail à valider",
            "Hôtel des Remparts",
            "Relance 2, ton « ferme et cordial » · ouverte 3 fois",
            "2 844,00 €",
            "8 jours de retard",
            "Relire et envoyer",
        ),
        _task(
            "promise",
            "split",
            "Demande",
            "Brasserie du Scorff",
            "Demande à payer en 3 fois",
            "2 440,00 €",
            "24 jours de retard",
            "Examiner",
        ),
        _task(
            "sent",
            "message-circle",
            "Réponse",
            "Transports Riou",
            "« Il manque l’avoir sur la ligne 3 »",
            "2 220,00 €",
            "52 jours de retard",
            "Répondre",
        ),
    ],
    "menu": [
        {"url": "/pause", "icon": "pause", "label": "Suspendre"},
        {"url": "/drop", "icon": "trash-2", "label": "Retirer", "is_danger": True},
    ],
    "events": [
        {
            "icon": "circle-check",
            "tone": "ok",
            "title": "Boulangerie Léon a payé par carte",
            "amount": "1 240,00 €",
            "note": "hier à 18 h 04 · rapproché",
        },
        {
            "icon": "handshake",
            "tone": "pr",
            "title": "Mairie de Ploemeur promet",
            "amount": "3 600,00 €",
            "note": "samedi · depuis sa page de paiement",
        },
        {
            "icon": "triangle-alert",
            "tone": "ko",
            "title": "Chèque revenu impayé",
            "note": "vendredi à 16 h 20",
            "said": "Provision insuffisante.",
        },
    ],
    "ageing": [
        {"fill": f"f-{fill}", "label": label, "count": 3, "amount": Decimal("30320.00")}
        for fill, label in [
            ("notdue", "Non échu"),
            ("30", "1 à 30 jours"),
            ("60", "31 à 60 jours"),
            ("90", "61 à 90 jours"),
            ("91", "Plus de 90 jours"),
        ]
    ],
    "states": list(STATES),
    "rows": [
        {
            "number": "F-2026-0089",
            "client": "Institut Belle-Île",
            "due_on": "10 août",
            "days": 105,
            "state": "DISPUTED",
            "balance": Decimal("1660.00"),
        },
        {
            "number": "F-2026-0114",
            "client": "Garage Morvan",
            "due_on": "14 sept.",
            "days": 70,
            "state": "FORMAL_NOTICE",
            "balance": Decimal("2880.00"),
        },
        {
            "number": "F-2026-0131",
            "client": "SCI Kerléano",
            "due_on": "16 oct.",
            "days": 38,
            "state": "OVERDUE",
            "balance": Decimal("3216.00"),
        },
        {
            "number": "F-2026-0139",
            "client": "Brasserie du Scorff",
            "due_on": "30 oct.",
            "days": 24,
            "state": "PLAN",
            "balance": Decimal("2440.00"),
        },
    ],
    "legal_line": "Atelier Morel SARL, SIREN 812 345 678, 4 rue du Port, 56100 Lorient",
    "tagline": "Menuiserie et agencement, Lorient",
    "title": "Passer la facture en perte",
    "question": "Passer F-2026-0089, 1 660,00 €, en perte ?",
    "consequences": ["Les relances s’arrêtent.", "La TVA peut être récupérée."],
    "label": "Passer en perte",
    "cancel_url": "/back",
    "is_danger": True,
}
PAGES = {
    "app": "showcase/app.html",
    "pay": "showcase/pay.html",
    "login": "account/login.html",
    "confirm": "components/confirm.html",
    "expired": "errors/link_expired.html",
    "404": "404.html",
}


def page(name, theme="light", language="fr"):
    """The HTML of one page, as the product would answer it."""
    from allauth.account.forms import LoginForm

    request = RequestFactory(headers={"cookie": f"theme={theme}"}).get("/today/")
    request.user = OWNER
    request.resolver_match = resolve("/today/")
    context = dict(CONTEXT)
    if name == "app":
        wrong = {"name": "Garage Morvan", "email": "garage", "amount": "12,5O", "kind": "B"}
        said = "Facture F-2026-0160 émise."
        context["form"] = SampleForm(wrong)
        context["messages"] = [Message(constants.SUCCESS, said), Message(constants.ERROR, "Non.")]
    if name == "login":
        context["form"] = LoginForm()
        context["signup_url"] = "/accounts/signup/"
    with translation.override(language):
        return render_to_string(PAGES[name], context, request)


def security_policy():
    """The Content-Security-Policy header of the settings, without third parties."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return "; ".join(f"{name} {' '.join(values)}" for name, values in directives.items())
