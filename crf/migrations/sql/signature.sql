-- What holds for a signed or locked casebook, whoever writes: a signature falls with what it stands on, and what is
-- locked does not change. trialsite/database/guards.py hangs the first function on every table that a casebook is made of.

-- Arguments of the trigger: 1 the column with the subject's id; 2 under which name signatures cover rows of this table
-- ('' where they never do: forms that unblind, queries).
-- It runs after the audit trigger of the same row (triggers run in the order of their names), which holds the head of
-- the subject's chain until the commit: a signature or a lock given at the same time either is seen here, or waits and
-- then sees what was written (LCK-04).
CREATE FUNCTION public.crf_casebook_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Who and when, and what follows from the values: not what anybody signs.
    beside constant text[] := ARRAY['version', 'created_at', 'created_by_id', 'changed_at', 'changed_by_id',
                                    'completed_at', 'completed_by_id', 'voided_by_id', 'void_reason'];
    is_now jsonb := to_jsonb(NEW);
    whose bigint := (is_now ->> TG_ARGV[0])::bigint;
    covered_as text := TG_ARGV[1];
    told text;
BEGIN
    IF EXISTS (SELECT 1 FROM public.crf_casebooklock WHERE subject_id = whose AND lifted_at IS NULL) THEN
        RAISE EXCEPTION 'The casebook of this subject is locked: % cannot change.', TG_TABLE_NAME
            USING ERRCODE = 'CRF06';
    END IF;
    IF covered_as = '' THEN
        RETURN NULL;
    END IF;
    IF covered_as = 'VISIT' THEN
        IF TG_OP = 'INSERT'
           OR (OLD.occurred_on, OLD.missed_reason) IS NOT DISTINCT FROM (NEW.occurred_on, NEW.missed_reason) THEN
            RETURN NULL;
        END IF;
        told := 'The visit ' || NEW.code || ' was changed.';
    ELSE
        IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - beside = is_now - beside THEN
            RETURN NULL;
        END IF;
        IF NEW.voided_at IS NULL THEN  -- of what the casebook now says, this much is not signed
            UPDATE public.crf_signature SET overtaken_at = clock_timestamp()
             WHERE subject_id = whose AND scope = 'CASEBOOK' AND revoked_at IS NULL AND overtaken_at IS NULL
               AND NOT coalesce(covers -> covered_as @> to_jsonb(NEW.id), false);
        END IF;
        IF TG_OP = 'INSERT' THEN
            RETURN NULL;
        END IF;
        SELECT covered_as || coalesce(' at ' || visit.code, '')
               || CASE WHEN NEW.row_number > 1 THEN ', row ' || NEW.row_number || ',' ELSE '' END
               || CASE WHEN NEW.voided_at IS NULL THEN ' was changed.' ELSE ' was voided.' END
          INTO told FROM (SELECT 1) AS one LEFT JOIN public.crf_visit AS visit ON visit.id = NEW.visit_id;
    END IF;
    UPDATE public.crf_signature SET revoked_at = clock_timestamp(), revoked_because = told
     WHERE subject_id = whose AND revoked_at IS NULL AND covers -> covered_as @> to_jsonb(NEW.id);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.crf_casebook_guard() FROM PUBLIC;

-- Who signs is who acts, and is an investigator of the site today (SIG-07, SIG-10).
CREATE FUNCTION public.crf_signature_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.signed_by_id::text IS DISTINCT FROM current_setting('crf.actor', true) THEN
        RAISE EXCEPTION 'Nobody signs for another person.' USING ERRCODE = 'CRF05';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM public.crf_roleheld AS held JOIN public.crf_user AS person ON person.id = held.user_id
                    WHERE held.user_id = NEW.signed_by_id AND held.site_id = NEW.site_id AND held.role = NEW.role
                      AND held.role = 'investigator' AND held.ended_at IS NULL AND person.is_active
                      AND held.starts_on <= current_date AND coalesce(held.ends_on, current_date) >= current_date) THEN
        RAISE EXCEPTION 'Only an investigator of the site signs.' USING ERRCODE = 'CRF05';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_signature_guard() FROM PUBLIC;

CREATE TRIGGER signature_guard BEFORE INSERT ON public.crf_signature
    FOR EACH ROW EXECUTE FUNCTION public.crf_signature_guard();
ALTER TABLE public.crf_signature ENABLE ALWAYS TRIGGER signature_guard;
