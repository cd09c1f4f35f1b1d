"""What the supply manager is told: which kits come next, without their order, and which kit holds what, on record."""

from django.db import migrations

ROOM = r"""
SET LOCAL ROLE ecrf_sealed;

ALTER TABLE sealed.viewed DROP CONSTRAINT viewed_what_check;
ALTER TABLE sealed.viewed ADD CONSTRAINT viewed_what_check CHECK (what IN ('balance', 'monitoring', 'packing'));

-- Every place, given or not: which, it does not say.
CREATE FUNCTION sealed.view_kits(actor bigint, why text)
RETURNS TABLE (stratum text, sequence integer, kit text, leaf bytea, nonce bytea, sealed bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF coalesce(btrim(why), '') = '' THEN
        RAISE EXCEPTION 'sealed.view_kits: the reason is missing' USING ERRCODE = 'SR011';
    END IF;
    IF public.crf_holds_role(actor, 'supply_manager') IS NOT TRUE THEN
        RAISE EXCEPTION 'sealed.view_kits: this person does not hold the role' USING ERRCODE = 'SR014';
    END IF;
    INSERT INTO sealed.viewed (viewer, what, reason) VALUES (actor, 'packing', why);
    RETURN QUERY SELECT s.stratum, s.sequence, s.kit, s.leaf, s.nonce, s.sealed FROM sealed.slot s ORDER BY s.kit;
END $$;

-- The kits of the next places of a stratum that were not sent yet, by number and so without their order.
CREATE FUNCTION sealed.next_kits(actor bigint, asked_stratum text, known text[], many integer) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF public.crf_holds_role(actor, 'supply_manager') IS NOT TRUE THEN
        RAISE EXCEPTION 'sealed.next_kits: this person does not hold the role' USING ERRCODE = 'SR014';
    END IF;
    RETURN QUERY SELECT found.kit FROM (SELECT s.kit, s.sequence FROM sealed.slot s
        WHERE s.stratum = asked_stratum AND s.kit <> ALL (known) ORDER BY s.sequence LIMIT many) AS found ORDER BY found.kit;
END $$;

REVOKE ALL ON FUNCTION sealed.view_kits(bigint, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION sealed.next_kits(bigint, text, text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sealed.view_kits(bigint, text), sealed.next_kits(bigint, text, text[], integer) TO ecrf_web;
RESET ROLE;
"""


class Migration(migrations.Migration):
    dependencies = [("allocation", "0004_views_of_the_unblinded")]
    operations = [migrations.RunSQL(ROOM)]
