"""An approval of the opening belongs to the lock under which it was given; the room tells the audit trail what it does.

What is told names no arm, no place in the list and no kit.
"""

from django.db import migrations

OPENING = r"""
DO $$
DECLARE
    latest bigint := coalesce((SELECT max(id) FROM public.crf_studylock), 0);
BEGIN
    SET LOCAL ROLE ecrf_sealed;
    EXECUTE format('ALTER TABLE sealed.opening ADD COLUMN lock bigint NOT NULL DEFAULT %s', latest);
    ALTER TABLE sealed.opening ALTER COLUMN lock DROP DEFAULT;
    ALTER TABLE sealed.opening DROP CONSTRAINT opening_pkey;
    ALTER TABLE sealed.opening ADD PRIMARY KEY (lock, approver);
    RESET ROLE;
END $$;

SET LOCAL ROLE ecrf_sealed;

CREATE OR REPLACE FUNCTION sealed.approve_opening(actor bigint, why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    standing record;
BEGIN
    IF actor IS NULL THEN
        RAISE EXCEPTION 'sealed.approve_opening: the actor must be named' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF coalesce(btrim(why), '') = '' THEN
        RAISE EXCEPTION 'sealed.approve_opening: the reason is missing' USING ERRCODE = 'SR011';
    END IF;
    SELECT * INTO standing FROM public.crf_standing_lock();
    IF standing.lock IS NULL THEN
        RAISE EXCEPTION 'sealed.approve_opening: the study is not locked' USING ERRCODE = 'SR006';
    END IF;
    IF standing.asked_by = actor THEN
        RAISE EXCEPTION 'sealed.approve_opening: this person asked for the lock' USING ERRCODE = 'SR012';
    END IF;
    LOCK TABLE sealed.opening IN SHARE ROW EXCLUSIVE MODE;  -- of two at once the second counts both
    INSERT INTO sealed.opening (lock, approver, reason) VALUES (standing.lock, actor, why) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'sealed.approve_opening: this person has approved before' USING ERRCODE = 'SR007';
    END IF;
    RETURN (SELECT count(*) FROM sealed.opening WHERE opening.lock = standing.lock);
END $$;

CREATE OR REPLACE FUNCTION sealed.is_open() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT count(*) FROM sealed.opening
             WHERE opening.lock = (SELECT standing.lock FROM public.crf_standing_lock() AS standing)) >= 2;
END $$;

-- Nobody is randomised once the list was open under any lock: what was seen is not unseen.
CREATE OR REPLACE FUNCTION sealed.allocate(asked_stratum text, asked_subject bigint, actor bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given text;
    place integer;
BEGIN
    IF asked_stratum IS NULL OR asked_subject IS NULL OR actor IS NULL THEN
        RAISE EXCEPTION 'sealed.allocate: stratum, subject and actor must be named' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    -- One at a time in a stratum, until the transaction ends. Without this line two would take the same place.
    PERFORM FROM sealed.stratum WHERE code = asked_stratum FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'sealed.allocate: no list for this stratum' USING ERRCODE = 'SR002';
    END IF;
    SELECT kit INTO given FROM sealed.slot WHERE subject_id = asked_subject;
    IF FOUND THEN
        RETURN given;
    END IF;
    IF EXISTS (SELECT FROM sealed.opening GROUP BY lock HAVING count(*) >= 2) THEN
        RAISE EXCEPTION 'sealed.allocate: the list has been opened' USING ERRCODE = 'SR003';
    END IF;
    SELECT sequence INTO place FROM sealed.slot
        WHERE stratum = asked_stratum AND subject_id IS NULL ORDER BY sequence LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'sealed.allocate: no kit is left in this stratum' USING ERRCODE = 'SR001';
    END IF;
    UPDATE sealed.slot SET subject_id = asked_subject, allocated_at = clock_timestamp(), allocated_by = actor
        WHERE stratum = asked_stratum AND sequence = place RETURNING kit INTO given;
    RETURN given;
END $$;

-- Tell the audit trail. It runs as who owns the room, which may append to the trail and nothing else of it.
CREATE FUNCTION sealed.tell() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'list' THEN
        IF TG_OP = 'INSERT' THEN
            PERFORM public.crf_append('sealed.list', NEW.id, 'INSERT', NEW.loaded_by, '', '', NULL, NULL,
                jsonb_build_object('commitment', jsonb_build_array(NULL, encode(NEW.root, 'hex')),
                                   'generator', jsonb_build_array(NULL, NEW.generator)), false);
        ELSE
            PERFORM public.crf_append('sealed.list', NEW.id, 'UPDATE', NEW.discarded_by, '', '', NULL, NULL,
                jsonb_build_object('discarded', jsonb_build_array(NULL, true)), false);
        END IF;
    WHEN 'opening' THEN
        PERFORM public.crf_append('sealed.opening', NEW.lock, 'INSERT', NEW.approver::text, '', NEW.reason, NULL, NULL,
            jsonb_build_object('lock', jsonb_build_array(NULL, NEW.lock)), false);
    WHEN 'code_break' THEN
        PERFORM public.crf_append('sealed.code_break', NEW.id, 'INSERT', NEW.requested_by::text, '', NEW.reason,
            NEW.subject_id, public.crf_site_of(NEW.subject_id),
            jsonb_build_object('kind', jsonb_build_array(NULL, NEW.kind)), false);
    WHEN 'code_shown' THEN
        PERFORM public.crf_append('sealed.code_break', request.id, 'UPDATE', request.requested_by::text, '', '',
            request.subject_id, public.crf_site_of(request.subject_id),
            jsonb_build_object('shown', jsonb_build_array(NULL, true)), false)
           FROM sealed.code_break AS request WHERE request.id = NEW.code_break;
    END CASE;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION sealed.tell() FROM PUBLIC;
CREATE TRIGGER tell AFTER INSERT OR UPDATE ON sealed.list FOR EACH ROW EXECUTE FUNCTION sealed.tell();
CREATE TRIGGER tell AFTER INSERT ON sealed.opening FOR EACH ROW EXECUTE FUNCTION sealed.tell();
CREATE TRIGGER tell AFTER INSERT ON sealed.code_break FOR EACH ROW EXECUTE FUNCTION sealed.tell();
CREATE TRIGGER tell AFTER INSERT ON sealed.code_shown FOR EACH ROW EXECUTE FUNCTION sealed.tell();
ALTER TABLE sealed.list ENABLE ALWAYS TRIGGER tell;
ALTER TABLE sealed.opening ENABLE ALWAYS TRIGGER tell;
ALTER TABLE sealed.code_break ENABLE ALWAYS TRIGGER tell;
ALTER TABLE sealed.code_shown ENABLE ALWAYS TRIGGER tell;
RESET ROLE;
"""


class Migration(migrations.Migration):
    dependencies = [("allocation", "0001_sealed_room"), ("crf", "0002_guards")]
    operations = [migrations.RunSQL(OPENING)]
