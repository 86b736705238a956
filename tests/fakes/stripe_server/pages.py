"""The hosted page a payer sees: plain HTML with real buttons, in French or English."""

from __future__ import annotations

import html
from string import Template

from tests.fakes.stripe_server import acts
from tests.fakes.stripe_server.errors import StripeRefusal
from tests.fakes.stripe_server.resources import ZERO_DECIMAL
from tests.fakes.stripe_server.world import World

_PAGE = Template("""<!doctype html>
<html lang="$lang">
<head><meta charset="utf-8"><title>$title</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main>
<h1>$title</h1>
$body
</main></body>
</html>
""")
_FORM = Template("""<p>$name</p>
<p id="amount">$amount</p>
$notice
<form method="post">
<button type="submit" name="method" value="card">$by_card</button>
<button type="submit" name="method" value="sepa_debit">$by_debit</button>
<button type="submit" name="method" value="declined">$declined</button>
</form>
<p><a href="$cancel_url">$back</a></p>""")

_WORDS = {
    "fr": {
        "title": "Paiement (faux Stripe)",
        "by_card": "Payer par carte",
        "by_debit": "Payer par prélèvement SEPA",
        "declined": "Payer avec une carte refusée",
        "refused": "Votre carte a été refusée.",
        "closed": "Cette page de paiement n’est plus valable.",
        "back": "Retour",
    },
    "en": {
        "title": "Payment (fake Stripe)",
        "by_card": "Pay by card",
        "by_debit": "Pay by SEPA debit",
        "declined": "Pay with a card that is refused",
        "refused": "Your card was declined.",
        "closed": "This payment page is no longer valid.",
        "back": "Back",
    },
}


def show(world: World, session_id: str, *, refused: bool = False) -> tuple[int, str]:
    """Return status and page of a session."""
    session = world.account_with(session_id).objects[session_id]
    language = "fr" if (session["locale"] or "").startswith("fr") else "en"
    words = _WORDS[language]
    if session["status"] != "open":
        body = f'<p role="alert">{words["closed"]}</p>'
        return 410, _PAGE.substitute(lang=language, title=words["title"], body=body)
    body = _FORM.substitute(
        words,
        name=html.escape(session["_item_name"]),
        amount=_amount(session, language),
        notice=f'<p role="alert">{words["refused"]}</p>' if refused else "",
        cancel_url=html.escape(session["cancel_url"] or "", quote=True),
    )
    return 200, _PAGE.substitute(lang=language, title=words["title"], body=body)


def submit(world: World, session_id: str, method: str) -> tuple[int, str, str | None]:
    """Do what a button says; return status, page and where to go, if anywhere."""
    session = world.account_with(session_id).objects[session_id]
    if session["status"] != "open":
        return (*show(world, session_id), None)
    if method == "declined":
        acts.decline(world, session_id)
        return (*show(world, session_id, refused=True), None)
    if method not in session["payment_method_types"]:
        raise StripeRefusal(400, f"No method {method!r} here.")
    acts.pay(world, session_id, method=method)
    return 303, "", session["success_url"].replace("{CHECKOUT_SESSION_ID}", session_id)


def _amount(session, language):
    decimals = 0 if session["currency"] in ZERO_DECIMAL else 2
    text = f"{session['amount_total'] / 10**decimals:.{decimals}f}"
    sign = session["currency"].upper()
    return f"{text.replace('.', ',')} {sign}" if language == "fr" else f"{sign} {text}"
