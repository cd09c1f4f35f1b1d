-- Knowledge of the arms does not end with a role, and nobody signs while it is in doubt who uses the account.

-- The pairs are those of crf/rules/access.py (ACC-04); tests/unit/test_access_roles.py compares them one by one.
CREATE OR REPLACE FUNCTION public.crf_duties_apart() RETURNS trigger
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

-- SIG-10: an administrator who changed how somebody signs in cannot sign as that person.
CREATE FUNCTION public.crf_signer_is_known() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.crf_user WHERE id = NEW.signed_by_id AND identity_doubted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Nothing was signed: an administrator changed how this account signs in, and nobody else has'
            ' confirmed since who uses it. Ask another administrator to confirm it.' USING ERRCODE = 'CRF05';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_signer_is_known() FROM PUBLIC;

CREATE TRIGGER signer_is_known BEFORE INSERT ON public.crf_signature
    FOR EACH ROW EXECUTE FUNCTION public.crf_signer_is_known();
ALTER TABLE public.crf_signature ENABLE ALWAYS TRIGGER signer_is_known;

-- Who has signed in before this migration reads the address of the account.
UPDATE public.crf_user SET email_confirmed_at = date_joined WHERE last_login IS NOT NULL;
