"""Dunning."""

from __future__ import annotations

from django.urls import path

from dunning.views import answers, approvals, cases, clients, hands, overview, plan, start, undoing

app_name = "dunning"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("start/", start.start, name="start"),
    path("start/good-payers/", start.good_payers, name="good_payers"),
    path("plan/", plan.plan, name="plan"),
    path("plan/approve/", plan.approve_all, name="approve_plan"),
    path("plan/live/", plan.live, name="live"),
    path("plan/undo/<uuid:gesture>/", undoing.plan, name="undo_plan"),
    path("plan/<uuid:client>/", plan.client_plan, name="client_plan"),
    path("plan/<uuid:client>/agree/", plan.agree, name="agree"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<uuid:approval>/", approvals.approval, name="approval"),
    path("approvals/<uuid:approval>/approve/", approvals.approve, name="approve"),
    path("approvals/<uuid:approval>/totals/", approvals.totals, name="totals"),
    path("approvals/<uuid:approval>/letter/", approvals.letter, name="letter"),
    path("approvals/<uuid:approval>/refuse/", approvals.refuse_step, name="refuse"),
    path("approvals/<uuid:approval>/postpone/", approvals.postpone, name="postpone"),
    path("approvals/<uuid:approval>/undo/", undoing.answer, name="undo_answer"),
    path("cases/<uuid:case>/", cases.case, name="case"),
    path("cases/<uuid:case>/step/", cases.step, name="step"),
    path("cases/<uuid:case>/enter/", start.enter, name="enter"),
    path("cases/<uuid:case>/pause/", cases.pause_case, name="pause_case"),
    path("cases/<uuid:case>/promise/", cases.promise, name="promise"),
    path("cases/<uuid:case>/dispute/", cases.dispute, name="dispute"),
    path("cases/<uuid:case>/mailed/", cases.mailed, name="mailed"),
    path("cases/<uuid:case>/stop/", cases.stop, name="stop_invoice"),
    path("cases/<uuid:case>/resume/", cases.wake, name="resume_invoice"),
    path("pauses/<uuid:pause>/resume/", cases.resume_pause, name="resume_pause"),
    path("pauses/<uuid:pause>/undo/", undoing.pause, name="undo_pause"),
    path("promises/<uuid:promise>/undo/", undoing.promise, name="undo_promise"),
    path("disputes/<uuid:dispute>/undo/", undoing.dispute, name="undo_dispute"),
    path("transfers/<uuid:gesture>/undo/", undoing.transfers, name="undo_transfers"),
    path("disputes/<uuid:dispute>/resolve/", cases.resolve, name="resolve_dispute"),
    path("clients/<uuid:client>/ladder/", clients.ladder, name="ladder"),
    path("clients/<uuid:client>/preferences/", clients.preferences, name="preferences"),
    path("clients/<uuid:client>/pause/", clients.pause_client, name="pause_client"),
    path("tasks/<uuid:message>/", hands.task, name="task"),
    path("answers/<uuid:message>/", answers.answer, name="answer"),
    path("answers/<uuid:message>/arrived/", answers.arrived, name="answer_arrived"),
    path("answers/<uuid:message>/not-arrived/", answers.not_arrived, name="answer_not_arrived"),
    path("answers/<uuid:message>/seen/", answers.seen, name="answer_seen"),
    path("letters/<uuid:message>/", hands.letter_to_post, name="letter_to_post"),
    path("letters/<uuid:message>/pdf/", hands.letter_pdf, name="letter_pdf"),
    path("hand-over/<uuid:message>/", hands.hand_over, name="hand_over"),
    path("fees/<uuid:receivable>/waive/", hands.waive_fee, name="waive_fee"),
]
