"""The register: each trap that other systems fell into, and each bad input, has its test.

A test that is renamed or removed is missed here. Where a trap has tests named after it
(`test_trap_NN_…` in tests/dunning/policy/test_traps.py), those stand for it.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
NAMED = TESTS / "dunning" / "policy" / "test_traps.py"
COUNT = 47

# number: (file, test)
TRAPS = {
    17: ("payments/test_webhooks.py", "trap_1_a_delivery_repeated_is_one_event_and_one_payment"),
    18: ("payments/test_attempts.py", "a_changed_balance_closes_the_page_and_opens_another"),
    19: ("invoices/test_fees.py", "fees_stay_owed_when_the_principal_is_paid"),
    22: ("proof/test_kill_worker.py", "a_mail_worker_killed_twenty_times_loses_nothing"),
    24: ("dunning/test_engine.py", "a_poisoned_case_is_postponed_and_blocks_nobody"),
    25: ("clients/delivery/test_leaving.py", "files_leave_byte_for_byte_and_are_named"),
    26: ("clients/delivery/test_leaving.py", "the_language_of_the_person_is_spoken"),
    28: ("clients/delivery/test_outbox.py", "the_same_key_writes_one_message"),
    29: ("portal/pay_page/test_paying.py", "a_link_shows_its_own_debts_and_no_other"),
    30: ("invoices/test_fees.py", "fees_leave_the_invoice_as_it_was"),
    31: (
        "dunning/test_pages_approvals.py",
        "unticking_the_indemnity_is_heard_in_the_totals_and_in_the_grant",
    ),
    32: ("invoices/test_fees.py", "interest_bears_no_interest"),
    33: ("invoices/test_late_fees.py", "a_long_delay_is_cut_by_half_year"),
    34: (
        "invoices/test_late_fees.py",
        "part_payments_reduce_the_principal_first_and_interest_is_rounded_once",
    ),
    35: ("invoices/issuing/test_required_mentions.py", "a_contractual_rate_is_the_one_printed"),
    36: ("invoices/test_totals.py", "an_early_payment_discount_takes_its_vat_along"),
    37: ("invoices/test_totals.py", "deposits_and_balance_add_up_to_the_deal"),
    38: (
        "invoices/test_numbering_under_fire.py",
        "twenty_writers_leave_no_gap_and_no_number_twice",
    ),
    39: ("invoices/issuing/test_issuing.py", "a_draft_has_no_number_and_changes_freely"),
    40: ("dunning/test_timer.py", "the_send_hour_follows_the_clocks"),
    41: ("invoices/test_terms.py", "the_thirty_first_of_a_short_month_is_its_last_day"),
    43: ("web/test_access.py", "an_object_of_another_tenant_is_not_found"),
    45: ("invoices/test_frozen.py", "an_issued_invoice_cannot_be_deleted"),
    46: ("invoices/test_rendering.py", "nothing_is_printed_while_a_transaction_is_open"),
}
# a score of clients: nothing of the kind exists yet
NOT_BUILT = {47}

BAD_INPUT = {
    "a wrong SIREN, IBAN or VAT number": [
        (
            "tenants/test_settings_pages.py",
            "a_wrong_value_is_refused_beside_its_field_and_keeps_what_was_typed",
        ),
        ("tenants/test_settings_pages.py", "bank_details_are_refused_beside_their_field"),
        (
            "clients/pages/test_record.py",
            "bad_input_is_said_beside_its_field_and_nothing_is_kept",
        ),
    ],
    "a negative or absurd amount": [
        ("invoices/issuing/test_amounts.py", "an_absurd_amount_is_refused_and_nothing_is_written"),
        ("invoices/pages/test_drafts.py", "bad_input_is_said_at_its_field_and_nothing_is_lost"),
        (
            "payments/test_pages.py",
            "bad_input_is_said_beside_its_field_and_nothing_is_recorded",
        ),
    ],
    "a due date before the issue or past the cap": [
        ("invoices/issuing/test_due_dates.py", "a_due_date_before_the_invoice_is_refused"),
        ("invoices/issuing/test_due_dates.py", "a_date_beyond_the_cap_of_the_client_is_refused"),
    ],
    "a client without an email address": [
        ("clients/pages/test_record.py", "a_client_without_an_address_is_a_visible_task"),
        ("dunning/test_engine.py", "a_client_without_an_address_is_a_visible_silence"),
    ],
    "a broken PDF": [("invoices/importing/test_facturx_reader.py", "a_broken_pdf_is_refused")],
    "an upload of 200 MB": [
        (
            "invoices/importing/test_reader.py",
            "an_upload_of_200_mb_is_refused_before_a_byte_is_read",
        ),
        (
            "tenants/test_middleware.py",
            "an_upload_of_200_mb_is_refused_before_a_byte_is_read",
        ),
    ],
    "a webhook forged or repeated": [
        (
            "payments/test_webhooks.py",
            "trap_4_a_forged_webhook_is_refused_and_nothing_is_stored",
        ),
        (
            "payments/test_webhooks.py",
            "trap_1_a_delivery_repeated_is_one_event_and_one_payment",
        ),
    ],
    "a link unknown or expired": [
        ("portal/pay_page/test_closed_links.py", "unknown_revoked_and_other_kinds_look_alike"),
        (
            "portal/pay_page/test_closed_links.py",
            "an_expired_link_names_nobody_and_offers_a_fresh_one",
        ),
    ],
    "a half-year without a rate": [
        (
            "invoices/test_late_fees.py",
            "a_missing_half_year_stops_the_reckoning_and_is_named",
        ),
        (
            "dunning/test_proposals.py",
            "a_letter_proposed_in_a_half_year_of_unknown_rate_says_from_when_interest_is_reserved",
        ),
    ],
    "an id of another tenant": [
        ("web/test_access.py", "an_object_of_another_tenant_is_not_found"),
        ("web/test_foreign_ids.py", "no_invoice_is_drafted_for_another_tenants_client"),
        ("web/test_foreign_ids.py", "no_payment_is_recorded_for_another_tenants_client"),
        ("web/test_foreign_ids.py", "ticks_of_another_tenants_question_approve_nothing"),
    ],
}


def names_in(path):
    return set(re.findall(r"^def test_(\w+)\(", path.read_text(), re.MULTILINE))


def test_every_trap_has_its_test():
    named = {
        int(number)
        for number in re.findall(r"^def test_trap_(\d\d)_", NAMED.read_text(), re.MULTILINE)
    }

    assert sorted(named | TRAPS.keys() | NOT_BUILT) == list(range(1, COUNT + 1))
    assert not named & TRAPS.keys()


@pytest.mark.parametrize(("path", "name"), TRAPS.values(), ids=map(str, TRAPS))
def test_the_test_of_a_trap_exists(path, name):
    assert name in names_in(TESTS / path)


@pytest.mark.parametrize("kind", BAD_INPUT)
def test_every_bad_input_has_its_tests(kind):
    missing = [name for path, name in BAD_INPUT[kind] if name not in names_in(TESTS / path)]

    assert missing == []
