"""A kit is given only to whom the record holds as eligible; what is opened for a report to an authority is told apart.

The record asks the room one question back: whether a kit was given to a subject.
"""

from django.db import migrations

ROOM = r"""
SET LOCAL ROLE ecrf_sealed;

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
    IF public.crf_may_be_randomised(asked_subject) IS NOT TRUE THEN
        RAISE EXCEPTION 'sealed.allocate: the record does not hold this subject as eligible' USING ERRCODE = 'SR013';
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

-- For the guard of the record, which its owner's rights run: nobody else may ask.
CREATE FUNCTION sealed.is_kit_of(asked_subject bigint, asked_kit text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM sealed.slot WHERE subject_id = asked_subject AND kit = asked_kit)
$$;
REVOKE ALL ON FUNCTION sealed.is_kit_of(bigint, text) FROM PUBLIC;
GRANT USAGE ON SCHEMA sealed TO ecrf_owner;
GRANT EXECUTE ON FUNCTION sealed.is_kit_of(bigint, text) TO ecrf_owner;

-- What the safety officer opens for a report to an authority stands in the chain that blinded people are not shown.
CREATE OR REPLACE FUNCTION sealed.tell() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
            jsonb_build_object('kind', jsonb_build_array(NULL, NEW.kind)), NEW.kind = 'susar');
    WHEN 'code_shown' THEN
        PERFORM public.crf_append('sealed.code_break', request.id, 'UPDATE', request.requested_by::text, '', '',
            request.subject_id, public.crf_site_of(request.subject_id),
            jsonb_build_object('shown', jsonb_build_array(NULL, true)), request.kind = 'susar')
           FROM sealed.code_break AS request WHERE request.id = NEW.code_break;
    END CASE;
    RETURN NULL;
END $$;
RESET ROLE;
"""


class Migration(migrations.Migration):
    dependencies = [("allocation", "0002_opening_of_one_lock"), ("crf", "0009_code_breaks")]
    operations = [migrations.RunSQL(ROOM)]
