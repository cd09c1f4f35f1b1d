-- The audit trail: one row per write, chained; and the question whether the study is locked.
-- SECURITY DEFINER: the web process needs no right to insert an audit row, and so cannot forge one.

CREATE FUNCTION public.crf_study_locked() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM public.crf_studylock WHERE lifted_at IS NULL);
END $$;
REVOKE ALL ON FUNCTION public.crf_study_locked() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_study_locked() TO ecrf_web, ecrf_sealed;

-- The time at which the server received the request (crf/middleware.py); '' in jobs and commands.
CREATE FUNCTION public.crf_utc(moment timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
REVOKE ALL ON FUNCTION public.crf_utc(timestamptz) FROM PUBLIC;

-- Append one event to its chain: the only writer of crf_auditentry and crf_chainhead.
-- `apart`: the event would unblind. It goes into one chain of the whole study, with a salt, so that a copy for blinded
-- people holds a commitment in its place, and neither the chain of the subject nor the salted hash tells anything.
CREATE FUNCTION public.crf_append(told_table text, told_record bigint, told_operation text, told_actor text,
                                  told_role text, told_reason text, told_subject bigint, told_site bigint,
                                  told_changes jsonb, apart boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own_chain text := coalesce('subject:' || told_subject, 'study');
    chain_name text := CASE WHEN apart THEN 'apart' ELSE own_chain END;
    received timestamptz := nullif(current_setting('crf.received', true), '')::timestamptz;
    known_name text;
    full_name text := '';
    known_organisation text := '';
    place bigint;
    previous_hash bytea;
    moment timestamptz;
    canonical text;
    told jsonb;
    new_hash bytea;
BEGIN
    IF told_actor ~ '^[0-9]{1,18}$' THEN
        SELECT username, btrim(concat_ws(' ', first_name, last_name)), organisation
          INTO known_name, full_name, known_organisation FROM public.crf_user WHERE id = told_actor::bigint;
    END IF;
    IF apart AND own_chain <> chain_name THEN
        -- A lock of the casebook waits for every write about the subject, also for those that are told elsewhere.
        PERFORM FROM public.crf_chainhead WHERE chain = own_chain FOR UPDATE;
    END IF;
    SELECT sequence + 1, hash INTO place, previous_hash FROM public.crf_chainhead WHERE chain = chain_name FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO public.crf_chainhead (chain, sequence, hash) VALUES (chain_name, 0, ''::bytea)
            ON CONFLICT DO NOTHING;
        SELECT sequence + 1, hash INTO place, previous_hash FROM public.crf_chainhead
         WHERE chain = chain_name FOR UPDATE;
    END IF;
    moment := clock_timestamp();  -- after the head is held: times run in the order of the chain
    told := jsonb_build_object(
        'format', 2, 'chain', chain_name, 'sequence', place, 'at', public.crf_utc(moment),
        'received', public.crf_utc(received),
        'table', told_table, 'record', told_record, 'operation', told_operation,
        'actor', told_actor, 'actor_name', coalesce(known_name, told_actor), 'full_name', coalesce(full_name, ''),
        'organisation', coalesce(known_organisation, ''), 'role', told_role, 'reason', told_reason,
        'subject', told_subject, 'site', told_site, 'changes', told_changes);
    IF apart THEN
        told := told || jsonb_build_object('salt', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
    END IF;
    canonical := told::text;
    new_hash := sha256(previous_hash || sha256(convert_to(canonical, 'UTF8')));
    UPDATE public.crf_chainhead SET sequence = place, hash = new_hash WHERE chain = chain_name;
    INSERT INTO public.crf_auditentry (chain, sequence, at, "table", record, operation, actor, actor_name, organisation,
                                       role, reason, subject, site_id, changes, body, previous, hash)
    VALUES (chain_name, place, moment, told_table, told_record, told_operation, told_actor,
            coalesce(known_name, told_actor), coalesce(known_organisation, ''), told_role, told_reason, told_subject,
            told_site, told_changes, canonical, previous_hash, new_hash);
END $$;
REVOKE ALL ON FUNCTION public.crf_append(text, bigint, text, text, text, text, bigint, bigint, jsonb, boolean) FROM PUBLIC;
-- The sealed room tells of its lists, openings and code breaks through it.
GRANT EXECUTE ON FUNCTION public.crf_append(text, bigint, text, text, text, text, bigint, bigint, jsonb, boolean)
    TO ecrf_sealed;

-- Arguments of the trigger: 1 the column with the subject's id ('' for none); 2 flags: items (a saved value changes
-- only with a reason, no row is deleted), locks (refused once the study is locked), apart (the row would unblind),
-- anybody (the person is not signed in yet: the machine acts); 3 the columns that count ('' for all).
CREATE FUNCTION public.crf_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    actor text := nullif(current_setting('crf.actor', true), '');
    acting_as text := coalesce(current_setting('crf.role', true), '');
    reason text := coalesce(nullif(current_setting('crf.reason', true), ''), '');
    guards_items boolean := TG_ARGV[1] LIKE '%items%';
    guards_lock boolean := TG_ARGV[1] LIKE '%locks%';
    apart boolean := TG_ARGV[1] LIKE '%apart%';
    counted text[] := CASE WHEN TG_ARGV[2] = '' THEN NULL ELSE string_to_array(TG_ARGV[2], ' ') END;
    state_columns constant text[] := ARRAY['version', 'changed_at', 'changed_by_id', 'completed_at', 'completed_by_id',
                                           'voided_at', 'voided_by_id', 'void_reason', 'missing'];
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) ELSE '{}' END;
    is_now jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) ELSE '{}' END;
    written jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    changes jsonb;
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

    IF actor IS NULL AND TG_ARGV[1] LIKE '%anybody%' THEN
        actor := 'system:accounts';
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
    IF actor ~ '^[0-9]+$' AND NOT EXISTS (SELECT 1 FROM public.crf_user WHERE id = actor::bigint) THEN
        RAISE EXCEPTION 'The actor % is nobody.', actor USING ERRCODE = 'CRF01';
    END IF;
    IF NOT apart AND written ->> 'form' <> '' THEN
        -- A query, an alert or the like about a form that would unblind is told apart as the form itself is.
        apart := EXISTS (SELECT 1 FROM pg_trigger
                          WHERE tgrelid = to_regclass(format('public.%I', 'crf_form_' || lower(written ->> 'form')))
                            AND position('apart'::bytea IN tgargs) > 0);
    END IF;
    PERFORM public.crf_append(
        TG_TABLE_NAME, (written ->> 'id')::bigint, TG_OP, actor, acting_as, reason,
        CASE WHEN TG_ARGV[0] <> '' THEN (written ->> TG_ARGV[0])::bigint END, (written ->> 'site_id')::bigint,
        changes, apart);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.crf_audit() FROM PUBLIC;
