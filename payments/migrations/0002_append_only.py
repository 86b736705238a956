"""Movements are facts: the database refuses to change or delete one."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION refuse_change_of_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'movements are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payments_movement_append_only BEFORE UPDATE OR DELETE ON payments_movement
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_movement();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER payments_movement_append_only ON payments_movement;"
            "DROP FUNCTION refuse_change_of_movement()",
        ),
    ]
