-- Who backs the database up writes nothing but that it was done, so that a backup that stops is noticed on the page.
CREATE FUNCTION public.crf_backup_told(what text, is_wrong boolean) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO public.crf_heartbeat (name, at, since, found)
    SELECT what, now(), now(), CASE WHEN is_wrong THEN '["wrong"]' ELSE '[]' END::jsonb
     WHERE what IN ('backup', 'drill')
    ON CONFLICT (name) DO UPDATE SET at = excluded.at, found = excluded.found;
$$;
REVOKE ALL ON FUNCTION public.crf_backup_told(text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_backup_told(text, boolean) TO ecrf_backup;
