"""What would unblind is read on a proof that the program makes for one person on one connection, never by a mere setting."""

from django.db import migrations

ROOM = r"""
SET LOCAL ROLE ecrf_sealed;

-- By what the program is known. It is kept anew at each migration (trialsite/database/wall.py), and is in no archive.
CREATE TABLE sealed.proof (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    key bytea NOT NULL CHECK (octet_length(key) = 32)
);

-- Asked once a statement by the policies. The setting is `reader.mac`: whose request it is (0: the machine, which looks
-- over the whole record) and the mac of that and this connection, under the key. A person must be the safety officer.
CREATE FUNCTION sealed.reads_levels() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said text := coalesce(current_setting('crf.levels', true), '');
    reader text := split_part(said, '.', 1);
    known bytea;
BEGIN
    IF said !~ '^[0-9]{1,18}\.[0-9a-f]{64}$' THEN
        RETURN false;
    END IF;
    SELECT key INTO known FROM sealed.proof;
    IF split_part(said, '.', 2) IS DISTINCT FROM encode(sha256(known || sha256(known
            || convert_to(reader || '|' || pg_backend_pid(), 'UTF8'))), 'hex') THEN
        RETURN false;
    END IF;
    RETURN reader::bigint = 0 OR public.crf_holds_role(reader::bigint, 'safety_officer');
END $$;
REVOKE ALL ON FUNCTION sealed.reads_levels() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sealed.reads_levels() TO ecrf_web, ecrf_watch;
RESET ROLE;
"""


class Migration(migrations.Migration):
    dependencies = [("allocation", "0005_kits_for_supply")]
    operations = [migrations.RunSQL(ROOM)]
