"""Two rules that no constraint can say: what is occupied agrees with the status, and what happened stays as recorded."""

from django.db import migrations

AGREES = """
CREATE FUNCTION scheduling_occupied_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which bigint;
    visit record;
BEGIN
    IF TG_TABLE_NAME = 'scheduling_participant' THEN which := NEW.appointment_id; ELSE which := NEW.id; END IF;
    SELECT status IN ('proposed', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled') AS occupies,
           tstzrange(starts_at, ends_at) AS lasts
      INTO visit FROM scheduling_appointment WHERE id = which;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF EXISTS (
        SELECT 1 FROM scheduling_participant p WHERE p.appointment_id = which AND (
            (p.occupied IS NOT NULL)
                <> (visit.occupies AND p.actor_id IS NOT NULL AND p.role NOT IN ('guest', 'coordinator'))
            OR NOT p.occupied @> visit.lasts)
    ) OR visit.occupies AND NOT EXISTS (
        SELECT 1 FROM scheduling_participant p
        WHERE p.appointment_id = which AND p.role IN ('clinician', 'chair') AND p.occupied IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'what is occupied does not agree with the status of appointment %', which
            USING ERRCODE = 'check_violation', CONSTRAINT = 'participant_occupied_agrees';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER participant_occupied_agrees
    AFTER INSERT OR UPDATE ON scheduling_participant DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION scheduling_occupied_agrees();
CREATE CONSTRAINT TRIGGER appointment_occupied_agrees
    AFTER INSERT OR UPDATE OF status, starts_at, ends_at ON scheduling_appointment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION scheduling_occupied_agrees();
"""

# Purging is the only verb that may touch history; it says so to the database, for its own transaction.
IMMUTABLE = """
CREATE FUNCTION scheduling_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('acompana.purging', true) = 'on' THEN RETURN COALESCE(NEW, OLD); END IF;
    RAISE EXCEPTION 'history is not changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON scheduling_event
    FOR EACH ROW EXECUTE FUNCTION scheduling_history_stays();
CREATE TRIGGER access_record_stays BEFORE UPDATE OR DELETE ON scheduling_accessrecord
    FOR EACH ROW EXECUTE FUNCTION scheduling_history_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial")]

    operations = [
        migrations.RunSQL(
            AGREES,
            "DROP TRIGGER participant_occupied_agrees ON scheduling_participant;"
            "DROP TRIGGER appointment_occupied_agrees ON scheduling_appointment;"
            "DROP FUNCTION scheduling_occupied_agrees();",
        ),
        migrations.RunSQL(
            IMMUTABLE,
            "DROP TRIGGER event_stays ON scheduling_event;"
            "DROP TRIGGER access_record_stays ON scheduling_accessrecord;"
            "DROP FUNCTION scheduling_history_stays();",
        ),
    ]
