"""What was given up before each part had a row: on the day the debt was settled by it."""

from django.db import migrations

KNOWN = """
INSERT INTO invoices_writeoff (tenant_id, receivable_id, amount, written_off_on, reason)
SELECT tenant_id, id, written_off, coalesce(settled_on, due_on), written_off_reason
FROM invoices_receivable WHERE written_off > 0;
"""


class Migration(migrations.Migration):
    dependencies = [("invoices", "0006_write_off")]
    operations = [migrations.RunSQL(KNOWN, migrations.RunSQL.noop)]
