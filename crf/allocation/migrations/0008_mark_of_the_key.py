"""By which mark the list's key is known, so that a wrong key file is noticed before an emergency and not in one."""

from django.db import migrations

ROOM = r"""
SET LOCAL ROLE ecrf_sealed;

-- The mark is printed when a list is loaded, and does not help to guess the key. NULL: no list is loaded.
CREATE FUNCTION sealed.key_mark() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT key_mark FROM sealed.list WHERE discarded_at IS NULL
$$;
REVOKE ALL ON FUNCTION sealed.key_mark() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sealed.key_mark() TO ecrf_web;
RESET ROLE;
"""


class Migration(migrations.Migration):
    dependencies = [("allocation", "0007_sham_messages")]
    operations = [migrations.RunSQL(ROOM)]
