"""Sham messages for drug levels that say nothing by themselves: a sealed row for each kit, read by the safety officer."""

from django.db import migrations

ROOM = r"""
SET LOCAL ROLE ecrf_sealed;

CREATE TABLE sealed.sham (
    kit text PRIMARY KEY,
    nonce bytea NOT NULL UNIQUE CHECK (octet_length(nonce) = 12),
    sealed bytea NOT NULL
);
-- They go with the list: none is changed, and none is removed once a place was given.
CREATE TRIGGER never_changed BEFORE UPDATE OR TRUNCATE ON sealed.sham FOR EACH STATEMENT EXECUTE FUNCTION sealed.refuse();
CREATE TRIGGER in_use BEFORE INSERT OR DELETE ON sealed.sham FOR EACH STATEMENT EXECUTE FUNCTION sealed.refuse_once_used();
ALTER TABLE sealed.sham ENABLE ALWAYS TRIGGER never_changed;
ALTER TABLE sealed.sham ENABLE ALWAYS TRIGGER in_use;

-- The row of the kit of one subject, for the safety officer. It says nothing of the arm.
CREATE FUNCTION sealed.sham_of(actor bigint, asked_subject bigint) RETURNS TABLE (kit text, nonce bytea, sealed bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF public.crf_holds_role(actor, 'safety_officer') IS NOT TRUE THEN
        RAISE EXCEPTION 'sealed.sham_of: this person does not hold the role' USING ERRCODE = 'SR014';
    END IF;
    IF NOT EXISTS (SELECT FROM sealed.slot s WHERE s.subject_id = asked_subject) THEN
        RAISE EXCEPTION 'sealed.sham_of: the subject has no kit' USING ERRCODE = 'SR009';
    END IF;
    RETURN QUERY SELECT f.kit, f.nonce, f.sealed FROM sealed.sham f JOIN sealed.slot s ON s.kit = f.kit
        WHERE s.subject_id = asked_subject;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'sealed.sham_of: no sham messages were loaded with the list' USING ERRCODE = 'SR015';
    END IF;
END $$;
REVOKE ALL ON FUNCTION sealed.sham_of(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sealed.sham_of(bigint, bigint) TO ecrf_web;
RESET ROLE;
"""


class Migration(migrations.Migration):
    dependencies = [("allocation", "0006_who_reads_levels")]
    operations = [migrations.RunSQL(ROOM)]
