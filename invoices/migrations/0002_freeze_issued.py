"""Issued documents never change: the database refuses, whoever asks."""

from django.db import migrations

FREEZE_INVOICE = """
CREATE FUNCTION refuse_change_of_issued_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.origin = 'IMPORTED' AND TG_OP = 'UPDATE' AND NEW.origin <> 'IMPORTED' THEN
        RAISE EXCEPTION 'an imported invoice never becomes ours' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'DRAFT' OR OLD.origin = 'IMPORTED' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an issued invoice cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'DRAFT'  -- states go forward: issued, then cancelled or written off
        OR (NEW.client_id, NEW.kind, NEW.origin, NEW.series_id, NEW.number, NEW.currency,
            NEW.language, NEW.issued_on, NEW.due_on, NEW.delivered_on, NEW.terms, NEW.operation,
            NEW.order_reference, NEW.notes, NEW.total_net, NEW.total_vat, NEW.total_gross,
            NEW.vat_breakdown, NEW.seller, NEW.buyer, NEW.mentions, NEW.corrects_id,
            NEW.issued_at)
        IS DISTINCT FROM
           (OLD.client_id, OLD.kind, OLD.origin, OLD.series_id, OLD.number, OLD.currency,
            OLD.language, OLD.issued_on, OLD.due_on, OLD.delivered_on, OLD.terms, OLD.operation,
            OLD.order_reference, OLD.notes, OLD.total_net, OLD.total_vat, OLD.total_gross,
            OLD.vat_breakdown, OLD.seller, OLD.buyer, OLD.mentions, OLD.corrects_id,
            OLD.issued_at)
        OR (NEW.state <> OLD.state AND OLD.state <> 'ISSUED')
        OR (OLD.document_id IS NOT NULL AND NEW.document_id IS DISTINCT FROM OLD.document_id)
    THEN
        RAISE EXCEPTION 'an issued invoice cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoices_invoice_frozen BEFORE UPDATE OR DELETE ON invoices_invoice
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_issued_invoice();
"""

FREEZE_LINES = """
CREATE FUNCTION refuse_change_of_issued_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.invoice_id ELSE NEW.invoice_id END;
BEGIN
    PERFORM 1 FROM invoices_invoice
        WHERE id IN (owner, CASE WHEN TG_OP = 'INSERT' THEN owner ELSE OLD.invoice_id END)
        AND state <> 'DRAFT' AND origin = 'OWN';
    IF FOUND THEN
        RAISE EXCEPTION 'the lines of an issued invoice cannot be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER invoices_invoiceline_frozen BEFORE INSERT OR UPDATE OR DELETE ON invoices_invoiceline
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_issued_line();
"""


class Migration(migrations.Migration):
    dependencies = [("invoices", "0001_initial")]
    operations = [
        migrations.RunSQL(
            FREEZE_INVOICE,
            "DROP TRIGGER invoices_invoice_frozen ON invoices_invoice;"
            "DROP FUNCTION refuse_change_of_issued_invoice()",
        ),
        migrations.RunSQL(
            FREEZE_LINES,
            "DROP TRIGGER invoices_invoiceline_frozen ON invoices_invoiceline;"
            "DROP FUNCTION refuse_change_of_issued_line()",
        ),
    ]
