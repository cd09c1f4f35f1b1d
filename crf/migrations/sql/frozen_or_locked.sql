-- Freezes and locks of items, forms, visits, subjects, sites and the study: what is under one does not change, whoever
-- writes (LCK-01). trialsite/database/guards.py hangs the first function on every table that a casebook is made of.

-- Arguments of the trigger: 1 the column with the subject's id; 2 what a row of the table is: VISIT, SUBJECT, the code
-- of a form, ABOUT (a query or a verification: it names form and record), or OTHER (what no freeze holds, and no lock
-- below the site's).
-- It runs after the audit trigger of the same row, which holds the head of the subject's chain until the commit, and
-- the study's advisory lock shared. Who freezes or locks something of a subject writes to the same chain; who freezes or
-- locks a site or the study takes that lock alone: a save is either done before, or meets what stands here (LCK-04).
CREATE FUNCTION public.crf_hold_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Whether a form is complete follows from others too, and is no value.
    follows constant text[] := ARRAY['completed_at', 'completed_by_id'];
    is_now jsonb := to_jsonb(NEW);
    was jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END;
    whose bigint := (is_now ->> TG_ARGV[0])::bigint;
    at_site bigint := (is_now ->> 'site_id')::bigint;
    is_of text := TG_ARGV[1];
    code text := CASE WHEN is_of = 'ABOUT' THEN is_now ->> 'form' ELSE is_of END;
    of_record bigint := (is_now ->> CASE WHEN is_of = 'ABOUT' THEN 'record' ELSE 'id' END)::bigint;
    visits bigint[] := CASE WHEN is_of = 'VISIT' THEN ARRAY[(is_now ->> 'id')::bigint]
                            ELSE ARRAY[(is_now ->> 'visit_id')::bigint, (was ->> 'visit_id')::bigint] END;
    is_a_value boolean := is_of NOT IN ('ABOUT', 'OTHER') AND (was IS NULL OR was - follows <> is_now - follows);
    at_row int := (is_now ->> 'row_number')::int;
    held record;
BEGIN
    IF was = is_now OR NOT EXISTS (SELECT 1 FROM public.crf_hold WHERE lifted_at IS NULL) THEN
        RETURN NULL;
    END IF;
    IF is_of = 'ABOUT' AND at_row IS NULL THEN  -- a verification names the record alone
        EXECUTE format('SELECT row_number FROM public.%I WHERE id = $1', 'crf_form_' || lower(code))
           INTO at_row USING of_record;
    END IF;
    SELECT hold.kind, hold.level INTO held FROM public.crf_hold AS hold
     WHERE hold.lifted_at IS NULL
       AND (hold.subject_id = whose
            OR (hold.subject_id IS NULL AND (hold.site_id IS NULL OR hold.site_id IN (at_site, (was ->> 'site_id')::bigint))))
       AND (is_a_value OR (hold.kind = 'lock' AND (is_of <> 'OTHER' OR hold.level = 'site')))
       AND CASE hold.level
           WHEN 'visit' THEN hold.visit_id = ANY (visits)
           WHEN 'form' THEN hold.form = code AND (hold.row_number IS NULL OR hold.row_number = at_row)
                AND (hold.visit_id = ANY (visits) OR (hold.visit_id IS NULL AND visits[1] IS NULL))
           WHEN 'item' THEN hold.form = code AND hold.record = of_record
                AND CASE WHEN is_of = 'ABOUT' THEN is_now ->> 'item' = hold.item
                         ELSE (was -> hold.item, was #> ARRAY['missing', hold.item], was -> 'visit_id',
                               was -> 'voided_at')
                              IS DISTINCT FROM
                              (is_now -> hold.item, is_now #> ARRAY['missing', hold.item], is_now -> 'visit_id',
                               is_now -> 'voided_at') END
           ELSE true END
     ORDER BY hold.kind DESC LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '%|%', held.level, held.kind USING ERRCODE = 'CRF08', DETAIL = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.crf_hold_guard() FROM PUBLIC;

-- A data manager places and lifts; what was placed is lifted once, and nothing else of it changes.
CREATE FUNCTION public.crf_hold_row_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    lifting constant text[] := ARRAY['lifted_at', 'lifted_by_id', 'lifted_reason'];
    person bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.placed_by_id ELSE NEW.lifted_by_id END;
BEGIN
    IF person::text IS DISTINCT FROM current_setting('crf.actor', true)
       OR NOT EXISTS (SELECT FROM public.crf_roleheld AS held JOIN public.crf_user AS one ON one.id = held.user_id
                       WHERE held.user_id = person AND held.site_id = coalesce(NEW.site_id, held.site_id)
                         AND held.role = 'data_manager' AND held.ended_at IS NULL AND one.is_active
                         AND held.starts_on <= current_date AND coalesce(held.ends_on, current_date) >= current_date)
    THEN
        RAISE EXCEPTION 'Only a data manager freezes or locks, and lifts it, in the own name.' USING ERRCODE = 'CRF05';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.lifted_at IS NOT NULL OR to_jsonb(OLD) - lifting <> to_jsonb(NEW) - lifting) THEN
        RAISE EXCEPTION 'A freeze or a lock is lifted once, and nothing else of it changes.' USING ERRCODE = 'CRF05';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.lifted_at IS NOT NULL THEN
        RAISE EXCEPTION 'What is frozen or locked is not lifted yet.' USING ERRCODE = 'CRF05';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.subject_id IS NULL THEN
        PERFORM pg_advisory_xact_lock(7261001);  -- waits for every save under way, and holds up those that come
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_hold_row_guard() FROM PUBLIC;
CREATE TRIGGER hold_row_guard BEFORE INSERT OR UPDATE ON public.crf_hold
    FOR EACH ROW EXECUTE FUNCTION public.crf_hold_row_guard();
ALTER TABLE public.crf_hold ENABLE ALWAYS TRIGGER hold_row_guard;
