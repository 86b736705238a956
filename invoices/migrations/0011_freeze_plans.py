"""What a client was offered, and agreed to, never changes: the database refuses, whoever asks."""

from django.db import migrations

FREEZE_PLAN = """
CREATE FUNCTION refuse_change_of_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a plan cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.client_id, NEW.currency, NEW.cause, NEW.total, NEW.fee, NEW.grace_days, NEW.language,
        NEW.proposed_on)
        IS DISTINCT FROM
       (OLD.client_id, OLD.currency, OLD.cause, OLD.total, OLD.fee, OLD.grace_days, OLD.language,
        OLD.proposed_on)
        OR (OLD.document_id IS NOT NULL AND NEW.document_id IS DISTINCT FROM OLD.document_id)
        OR (OLD.document_sha256 <> '' AND NEW.document_sha256 <> OLD.document_sha256)
        OR (OLD.agreed_on IS NOT NULL AND
            (NEW.agreed_on, NEW.agreed_how, NEW.accepted_at, NEW.accepted_name,
             NEW.accepted_capacity, NEW.accepted_ip)
            IS DISTINCT FROM
            (OLD.agreed_on, OLD.agreed_how, OLD.accepted_at, OLD.accepted_name,
             OLD.accepted_capacity, OLD.accepted_ip))
        OR (NEW.state <> OLD.state AND OLD.state <> 'PROPOSED'  -- agreed, then perhaps undone
            AND (OLD.state, NEW.state) <> ('AGREED', 'WITHDRAWN'))
    THEN
        RAISE EXCEPTION 'an instalment plan cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoices_installmentplan_frozen BEFORE UPDATE OR DELETE ON invoices_installmentplan
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_plan();
"""
FREEZE_ROWS = """
CREATE FUNCTION refuse_change_of_plan_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a plan says cannot be changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER invoices_planpart_frozen BEFORE UPDATE OR DELETE ON invoices_planpart
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_plan_row();
CREATE TRIGGER invoices_plandebt_frozen BEFORE UPDATE OR DELETE ON invoices_plandebt
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_plan_row();
"""


class Migration(migrations.Migration):
    dependencies = [("invoices", "0010_import_files_deleted")]
    operations = [
        migrations.RunSQL(
            FREEZE_PLAN,
            "DROP TRIGGER invoices_installmentplan_frozen ON invoices_installmentplan;"
            "DROP FUNCTION refuse_change_of_plan()",
        ),
        migrations.RunSQL(
            FREEZE_ROWS,
            "DROP TRIGGER invoices_planpart_frozen ON invoices_planpart;"
            "DROP TRIGGER invoices_plandebt_frozen ON invoices_plandebt;"
            "DROP FUNCTION refuse_change_of_plan_row()",
        ),
    ]
