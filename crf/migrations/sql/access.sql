-- What holds for accounts and roles whoever writes: duties that stay apart, names that stay, a past that stays.

-- The pairs are those of crf/rules/access.py (ACC-04); tests/unit/test_access_roles.py compares them one by one.
CREATE FUNCTION public.crf_duties_apart() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entering constant text[] := ARRAY['investigator', 'coordinator', 'rater', 'pharmacist', 'safety_officer'];
    entering_blinded constant text[] := ARRAY['investigator', 'coordinator', 'rater', 'pharmacist'];
    locking constant text[] := ARRAY['data_manager'];
    holding_the_list constant text[] := ARRAY['randomisation_statistician', 'unblinded_statistician'];
    reading_levels constant text[] := ARRAY['safety_officer'];
    administering constant text[] := ARRAY['administrator'];
    signing constant text[] := ARRAY['investigator'];
    judging_blinded constant text[] := ARRAY['statistician', 'data_manager', 'monitor', 'medical_monitor'];
    knowing constant text[] := holding_the_list || reading_levels;
    held text;
BEGIN
    PERFORM 1 FROM public.crf_user WHERE id = NEW.user_id FOR NO KEY UPDATE;  -- two roles given at once wait here
    SELECT other.role INTO held FROM public.crf_roleheld AS other
     WHERE other.user_id = NEW.user_id AND other.id <> NEW.id
       AND (other.ended_at IS NULL OR (other.ended_at AT TIME ZONE 'UTC')::date >= other.starts_on)
       AND ((daterange(other.starts_on, other.ends_on, '[]') && daterange(NEW.starts_on, NEW.ends_on, '[]')
             AND ((NEW.role = ANY (entering) AND other.role = ANY (locking))
               OR (other.role = ANY (entering) AND NEW.role = ANY (locking))
               OR (NEW.role = ANY (administering) AND other.role = ANY (signing))
               OR (other.role = ANY (administering) AND NEW.role = ANY (signing))))
         -- Whoever knows the arms knows them for good: that role counts without its last day.
         OR (daterange(other.starts_on, CASE WHEN other.role = ANY (knowing) THEN NULL ELSE other.ends_on END, '[]')
             && daterange(NEW.starts_on, CASE WHEN NEW.role = ANY (knowing) THEN NULL ELSE NEW.ends_on END, '[]')
             AND ((NEW.role = ANY (holding_the_list) AND other.role = ANY (entering || judging_blinded))
               OR (other.role = ANY (holding_the_list) AND NEW.role = ANY (entering || judging_blinded))
               OR (NEW.role = ANY (reading_levels) AND other.role = ANY (entering_blinded || judging_blinded))
               OR (other.role = ANY (reading_levels) AND NEW.role = ANY (entering_blinded || judging_blinded)))))
     LIMIT 1;
    IF held IS NOT NULL THEN
        RAISE EXCEPTION 'One account cannot be % and %: these duties stay apart.',
            replace(NEW.role, '_', ' '), replace(held, '_', ' ') USING ERRCODE = 'CRF05';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.crf_duties_apart() FROM PUBLIC;

CREATE TRIGGER duties_apart AFTER INSERT OR UPDATE ON public.crf_roleheld
    FOR EACH ROW EXECUTE FUNCTION public.crf_duties_apart();
ALTER TABLE public.crf_roleheld ENABLE ALWAYS TRIGGER duties_apart;

-- Who had which role on a past day stays answerable (ACC-07): a role can end, and nothing else about it changes.
CREATE FUNCTION public.crf_role_only_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.user_id, NEW.site_id, NEW.role, NEW.starts_on, NEW.trained_on, NEW.delegated_on)
       IS DISTINCT FROM (OLD.user_id, OLD.site_id, OLD.role, OLD.starts_on, OLD.trained_on, OLD.delegated_on)
       OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ends_on) IS DISTINCT FROM (OLD.ended_at, OLD.ends_on)) THEN
        RAISE EXCEPTION 'A role that was given can only be ended. End it and give another.' USING ERRCODE = 'CRF05';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_role_only_ends() FROM PUBLIC;

CREATE TRIGGER role_only_ends BEFORE UPDATE ON public.crf_roleheld
    FOR EACH ROW EXECUTE FUNCTION public.crf_role_only_ends();
ALTER TABLE public.crf_roleheld ENABLE ALWAYS TRIGGER role_only_ends;

-- A username means one person for good (SIG-06): signatures and the trail name it. Rows are not deleted (no grant).
CREATE FUNCTION public.crf_username_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'A username is never changed: the audit trail names the person by it.' USING ERRCODE = 'CRF05';
END $$;
REVOKE ALL ON FUNCTION public.crf_username_stays() FROM PUBLIC;

CREATE TRIGGER username_stays BEFORE UPDATE ON public.crf_user
    FOR EACH ROW WHEN (OLD.username IS DISTINCT FROM NEW.username) EXECUTE FUNCTION public.crf_username_stays();
ALTER TABLE public.crf_user ENABLE ALWAYS TRIGGER username_stays;
