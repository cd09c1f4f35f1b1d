-- As in signature.sql, and: nothing about a subject that was entered in error changes any more; the reason for which a
-- signature fell says that a form was moved.

CREATE OR REPLACE FUNCTION public.crf_casebook_guard() RETURNS trigger
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
    IF EXISTS (SELECT 1 FROM public.crf_subject WHERE id = whose AND annulled_at IS NOT NULL) THEN
        -- The annulment itself is the last write about the subject.
        IF TG_TABLE_NAME <> 'crf_subject' OR to_jsonb(OLD) ->> 'annulled_at' IS NOT NULL THEN
            RAISE EXCEPTION 'This subject number was entered in error: nothing about it changes any more.'
                USING ERRCODE = 'CRF05';
        END IF;
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
               || CASE WHEN NEW.voided_at IS NOT NULL THEN ' was voided.'
                       WHEN to_jsonb(OLD) -> 'visit_id' IS DISTINCT FROM to_jsonb(NEW) -> 'visit_id'
                       THEN ' was moved here from another visit.'
                       ELSE ' was changed.' END
          INTO told FROM (SELECT 1) AS one LEFT JOIN public.crf_visit AS visit ON visit.id = NEW.visit_id;
    END IF;
    UPDATE public.crf_signature SET revoked_at = clock_timestamp(), revoked_because = told
     WHERE subject_id = whose AND revoked_at IS NULL AND covers -> covered_as @> to_jsonb(NEW.id);
    RETURN NULL;
END $$;
