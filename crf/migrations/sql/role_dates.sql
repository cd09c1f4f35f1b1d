-- Who had which role on a past day stays answerable (ACC-07): a role ends, and dates that were mistyped are corrected by
-- an administrator for a reason; the trail keeps both. Whose role it is, where, and which, never changes.
CREATE OR REPLACE FUNCTION public.crf_role_only_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.user_id, NEW.site_id, NEW.role) IS DISTINCT FROM (OLD.user_id, OLD.site_id, OLD.role)
       OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ends_on) IS DISTINCT FROM (OLD.ended_at, OLD.ends_on)) THEN
        RAISE EXCEPTION 'A role that was given can only be ended. End it and give another.' USING ERRCODE = 'CRF05';
    END IF;
    IF (NEW.starts_on, NEW.trained_on, NEW.delegated_on) IS DISTINCT FROM (OLD.starts_on, OLD.trained_on, OLD.delegated_on)
       AND (current_setting('crf.role', true) IS DISTINCT FROM 'administrator'
            OR btrim(coalesce(current_setting('crf.reason', true), '')) = '') THEN
        RAISE EXCEPTION 'The dates of a role are corrected by an administrator, for a reason.' USING ERRCODE = 'CRF05';
    END IF;
    RETURN NEW;
END $$;
