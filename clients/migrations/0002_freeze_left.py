"""What left for a client, or may have, never changes: the database refuses, whoever asks."""

from django.db import migrations

FREEZE_MESSAGE = """
CREATE FUNCTION refuse_change_of_left_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NULL
        OR (OLD.doubtful_since IS NULL
            AND OLD.state NOT IN ('SENDING', 'SENT', 'KEPT', 'BOUNCED', 'AMBIGUOUS'))
    THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a message that left cannot be deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.client_id, NEW.kind, NEW.channel, NEW.direction, NEW.language, NEW.to_email,
        NEW.to_name, NEW.bcc, NEW.from_header, NEW.reply_to, NEW.subject, NEW.body_text,
        NEW.body_html, NEW.file_count, NEW.message_id, NEW.frozen_at, NEW.public_id)
        IS DISTINCT FROM
       (OLD.client_id, OLD.kind, OLD.channel, OLD.direction, OLD.language, OLD.to_email,
        OLD.to_name, OLD.bcc, OLD.from_header, OLD.reply_to, OLD.subject, OLD.body_text,
        OLD.body_html, OLD.file_count, OLD.message_id, OLD.frozen_at, OLD.public_id)
    THEN
        RAISE EXCEPTION 'a message that left cannot be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER clients_message_left BEFORE UPDATE OR DELETE ON clients_message
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_left_message();
"""


FREEZE_ATTACHMENT = """
CREATE FUNCTION refuse_change_of_left_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM clients_message
        WHERE tenant_id = OLD.tenant_id AND id = OLD.message_id AND frozen_at IS NOT NULL
        AND (doubtful_since IS NOT NULL
            OR state IN ('SENDING', 'SENT', 'KEPT', 'BOUNCED', 'AMBIGUOUS'));
    IF FOUND THEN
        RAISE EXCEPTION 'the files of a message that left cannot be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER clients_attachment_left BEFORE UPDATE OR DELETE ON clients_attachment
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_left_attachment();
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial")]
    operations = [
        migrations.RunSQL(
            FREEZE_MESSAGE,
            "DROP TRIGGER clients_message_left ON clients_message;"
            "DROP FUNCTION refuse_change_of_left_message()",
        ),
        migrations.RunSQL(
            FREEZE_ATTACHMENT,
            "DROP TRIGGER clients_attachment_left ON clients_attachment;"
            "DROP FUNCTION refuse_change_of_left_attachment()",
        ),
    ]
