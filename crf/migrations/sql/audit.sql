-- The audit trail: one row per write, chained; and the question whether the study is locked.
-- SECURITY DEFINER: the web process needs no right to insert an audit row, and so cannot forge one.

CREATE FUNCTION public.crf_study_locked() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM public.crf_studylock WHERE lifted_at IS NULL);
END $$;
REVOKE ALL ON FUNCTION public.crf_study_locked() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_study_locked() TO ecrf_web, ecrf_sealed;

-- Arguments of the trigger: 1 the column with the subject's id ('' for none); 2 flags: items (a saved value changes
-- only with a reason, no row is deleted), locks (refused once the study is locked); 3 the columns that count ('' for all).
CREATE FUNCTION public.crf_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    actor text := nullif(current_setting('crf.actor', true), '');
    acting_as text := coalesce(current_setting('crf.role', true), '');
    reason text := coalesce(nullif(current_setting('crf.reason', true), ''), '');
    guards_items boolean := TG_ARGV[1] LIKE '%items%';
    guards_lock boolean := TG_ARGV[1] LIKE '%locks%';
    counted text[] := CASE WHEN TG_ARGV[2] = '' THEN NULL ELSE string_to_array(TG_ARGV[2], ' ') END;
    state_columns constant text[] := ARRAY['version', 'changed_at', 'changed_by_id', 'completed_at', 'completed_by_id',
                                           'voided_at', 'voided_by_id', 'void_reason', 'missing'];
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) ELSE '{}' END;
    is_now jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) ELSE '{}' END;
    written jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    changes jsonb;
    subject_id bigint := CASE WHEN TG_ARGV[0] <> '' THEN (written ->> TG_ARGV[0])::bigint END;
    chain_name text := coalesce('subject:' || subject_id, 'study');
    place bigint;
    previous_hash bytea;
    actor_name text;
    organisation text := '';
    moment timestamptz;
    canonical text;
    new_hash bytea;
BEGIN
    SELECT jsonb_object_agg(key, CASE WHEN key = 'password' THEN '["***", "***"]'::jsonb
                                      ELSE jsonb_build_array(was -> key, is_now -> key) END)
      INTO changes
      FROM jsonb_object_keys(written) AS key
     WHERE nullif(was -> key, 'null') IS DISTINCT FROM nullif(is_now -> key, 'null')
       AND (counted IS NULL OR key = ANY (counted));
    IF changes IS NULL THEN
        RETURN NULL;
    END IF;

    IF actor IS NULL THEN
        RAISE EXCEPTION 'A write to % without an actor was refused: every change says who made it.', TG_TABLE_NAME
            USING ERRCODE = 'CRF01';
    END IF;
    IF guards_lock THEN
        -- Shared with every other save, exclusive to the lock: a save either commits before the lock or is refused.
        PERFORM pg_advisory_xact_lock_shared(7261001);
        IF public.crf_study_locked() THEN
            RAISE EXCEPTION 'The study is locked: % cannot change.', TG_TABLE_NAME USING ERRCODE = 'CRF02';
        END IF;
    END IF;
    IF guards_items AND TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A record is voided, never deleted.' USING ERRCODE = 'CRF03';
    END IF;
    IF guards_items AND TG_OP = 'UPDATE' AND btrim(reason) = '' AND (
        EXISTS (SELECT 1 FROM jsonb_each(changes) AS change
                 WHERE change.key <> ALL (state_columns) AND nullif(was -> change.key, 'null') IS NOT NULL)
        OR EXISTS (SELECT 1 FROM jsonb_each(was -> 'missing') AS given
                    WHERE is_now -> 'missing' -> given.key IS DISTINCT FROM given.value)
    ) THEN
        RAISE EXCEPTION 'A saved value was changed without a reason.' USING ERRCODE = 'CRF04';
    END IF;

    IF actor ~ '^[0-9]+$' THEN
        SELECT username, crf_user.organisation INTO actor_name, organisation
          FROM public.crf_user WHERE id = actor::bigint;
        IF actor_name IS NULL THEN
            RAISE EXCEPTION 'The actor % is nobody.', actor USING ERRCODE = 'CRF01';
        END IF;
    ELSE
        actor_name := actor;
    END IF;

    INSERT INTO public.crf_chainhead AS head (chain, sequence, hash) VALUES (chain_name, 1, ''::bytea)
        ON CONFLICT (chain) DO UPDATE SET sequence = head.sequence + 1
        RETURNING head.sequence, head.hash INTO place, previous_hash;
    moment := clock_timestamp();  -- after the head is held: times run in the order of the chain
    canonical := jsonb_build_object(
        'chain', chain_name, 'sequence', place,
        'at', to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'table', TG_TABLE_NAME, 'record', written -> 'id', 'operation', TG_OP,
        'actor', actor, 'actor_name', actor_name, 'organisation', organisation, 'role', acting_as, 'reason', reason,
        'subject', subject_id, 'site', written -> 'site_id', 'changes', changes)::text;
    new_hash := sha256(previous_hash || convert_to(canonical, 'UTF8'));
    UPDATE public.crf_chainhead SET hash = new_hash WHERE chain = chain_name;
    INSERT INTO public.crf_auditentry (chain, sequence, at, "table", record, operation, actor, actor_name, organisation,
                                       role, reason, subject, site_id, changes, body, previous, hash)
    VALUES (chain_name, place, moment, TG_TABLE_NAME, (written ->> 'id')::bigint, TG_OP, actor, actor_name, organisation,
            acting_as, reason, subject_id, (written ->> 'site_id')::bigint, changes, canonical, previous_hash, new_hash);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.crf_audit() FROM PUBLIC;
