"""What the two unblinded statisticians may look at while the list is closed: only they, only with a reason, each look
on record, in the chain that blinded people are not shown.
"""

from pathlib import Path

from django.db import migrations

import crf

HOLDS = Path(crf.__file__).parent / "migrations" / "sql" / "holds.sql"
ROOM = r"""
SET LOCAL ROLE ecrf_sealed;

CREATE TABLE sealed.viewed (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    viewer bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    what text NOT NULL CHECK (what IN ('balance', 'monitoring')),
    reason text NOT NULL CHECK (btrim(reason) <> '')
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed.viewed FOR EACH STATEMENT EXECUTE FUNCTION sealed.refuse();
ALTER TABLE sealed.viewed ENABLE ALWAYS TRIGGER append_only;

CREATE FUNCTION sealed.tell_of_view() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.crf_append('sealed.viewed', NEW.id, 'INSERT', NEW.viewer::text, '', NEW.reason, NULL, NULL,
        jsonb_build_object('what', jsonb_build_array(NULL, NEW.what)), true);
    RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT ON sealed.viewed FOR EACH ROW EXECUTE FUNCTION sealed.tell_of_view();
ALTER TABLE sealed.viewed ENABLE ALWAYS TRIGGER tell;

-- The places that were given. One row more for each stratum, without a subject, bears its number of places.
CREATE FUNCTION sealed.view_given(actor bigint, asked text, why text)
RETURNS TABLE (stratum text, sequence integer, kit text, leaf bytea, nonce bytea, sealed bytea, subject_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    wanted text := CASE asked WHEN 'balance' THEN 'randomisation_statistician'
                              WHEN 'monitoring' THEN 'unblinded_statistician' END;
BEGIN
    IF coalesce(btrim(why), '') = '' THEN
        RAISE EXCEPTION 'sealed.view_given: the reason is missing' USING ERRCODE = 'SR011';
    END IF;
    IF public.crf_holds_role(actor, wanted) IS NOT TRUE THEN
        RAISE EXCEPTION 'sealed.view_given: this person does not hold the role' USING ERRCODE = 'SR014';
    END IF;
    INSERT INTO sealed.viewed (viewer, what, reason) VALUES (actor, asked, why);
    RETURN QUERY SELECT s.stratum, s.sequence, s.kit, s.leaf, s.nonce, s.sealed, s.subject_id
        FROM sealed.slot s WHERE s.subject_id IS NOT NULL
        UNION ALL SELECT s.stratum, count(*)::integer, NULL, NULL, NULL, NULL, NULL FROM sealed.slot s GROUP BY s.stratum;
END $$;

-- Whether four of five places of a stratum are given: then somebody has to act. It says no more than that.
CREATE FUNCTION sealed.is_nearly_used(asked_stratum text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(5 * count(subject_id) >= 4 * count(*), false) FROM sealed.slot WHERE stratum = asked_stratum
$$;

REVOKE ALL ON FUNCTION sealed.tell_of_view() FROM PUBLIC;
REVOKE ALL ON FUNCTION sealed.view_given(bigint, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION sealed.is_nearly_used(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sealed.view_given(bigint, text, text), sealed.is_nearly_used(text) TO ecrf_web;
RESET ROLE;
"""


class Migration(migrations.Migration):
    dependencies = [("allocation", "0003_who_may_be_given_a_kit")]
    operations = [migrations.RunSQL(HOLDS.read_text(encoding="utf-8")), migrations.RunSQL(ROOM)]
