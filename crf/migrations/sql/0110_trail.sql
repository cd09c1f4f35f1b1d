-- The audit trail in its second format (crf/exchange/trail/SPECIFICATION.md), rows that only grow, and the two people
-- of a study lock.

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
CREATE OR REPLACE FUNCTION public.crf_audit() RETURNS trigger
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

-- Who owns the tables could otherwise rewrite them with one statement.
CREATE FUNCTION public.crf_only_grows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail only grows: no row of it is changed or removed.' USING ERRCODE = 'CRF07';
END $$;
REVOKE ALL ON FUNCTION public.crf_only_grows() FROM PUBLIC;
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON public.crf_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION public.crf_only_grows();
ALTER TABLE public.crf_auditentry ENABLE ALWAYS TRIGGER only_grows;

CREATE FUNCTION public.crf_head_moves_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.chain <> OLD.chain OR NEW.sequence <> OLD.sequence + 1 THEN
        RAISE EXCEPTION 'The head of a chain moves on by one.' USING ERRCODE = 'CRF07';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_head_moves_on() FROM PUBLIC;
CREATE TRIGGER head_moves_on BEFORE UPDATE ON public.crf_chainhead
    FOR EACH ROW EXECUTE FUNCTION public.crf_head_moves_on();
CREATE TRIGGER only_grows BEFORE DELETE OR TRUNCATE ON public.crf_chainhead
    FOR EACH STATEMENT EXECUTE FUNCTION public.crf_only_grows();
ALTER TABLE public.crf_chainhead ENABLE ALWAYS TRIGGER head_moves_on;
ALTER TABLE public.crf_chainhead ENABLE ALWAYS TRIGGER only_grows;

-- What is anchored and exported: the web may ask for the heads, and for nothing else of their table.
CREATE FUNCTION public.crf_chain_heads() RETURNS TABLE (chain text, sequence bigint, hash bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT chain::text, sequence, hash FROM public.crf_chainhead ORDER BY chain;
END $$;
REVOKE ALL ON FUNCTION public.crf_chain_heads() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_chain_heads() TO ecrf_web;

-- The lock that stands, and who asked for it: an approval of the opening belongs to it.
CREATE FUNCTION public.crf_standing_lock() RETURNS TABLE (lock bigint, asked_by bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT id, locked_by_id FROM public.crf_studylock WHERE lifted_at IS NULL;
END $$;
REVOKE ALL ON FUNCTION public.crf_standing_lock() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_standing_lock() TO ecrf_web, ecrf_sealed;

-- When the list was opened under a lock: the second approval. Read from the trail, which the sealed room writes.
CREATE FUNCTION public.crf_opened_at(asked_lock bigint) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT at FROM public.crf_auditentry
             WHERE "table" = 'sealed.opening' AND record = asked_lock ORDER BY sequence OFFSET 1 LIMIT 1);
END $$;
REVOKE ALL ON FUNCTION public.crf_opened_at(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_opened_at(bigint) TO ecrf_web;

-- Two people lock the study and two lift the lock; once the list is open, an investigator of each site lifts it too.
CREATE FUNCTION public.crf_study_lock_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked public.crf_lockrequest;
    silent text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO asked FROM public.crf_lockrequest
         WHERE kind = 'lock' AND settled_at IS NULL AND asked_by_id = NEW.locked_by_id
           AND content_hash = NEW.content_hash;
        IF asked.id IS NULL OR NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id = NEW.locked_by_id
           OR NEW.confirmed_by_id::text IS DISTINCT FROM current_setting('crf.actor', true) THEN
            RAISE EXCEPTION 'The study is locked by two people: one asks for it, another confirms.' USING ERRCODE = 'CRF05';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.lifted_at IS NOT NULL
       OR to_jsonb(NEW) - ARRAY['lifted_at', 'lifted_by_id', 'lifted_reason']
          IS DISTINCT FROM to_jsonb(OLD) - ARRAY['lifted_at', 'lifted_by_id', 'lifted_reason'] THEN
        RAISE EXCEPTION 'A study lock is lifted once, and nothing else of it changes.' USING ERRCODE = 'CRF05';
    END IF;
    SELECT * INTO asked FROM public.crf_lockrequest WHERE kind = 'lift' AND settled_at IS NULL AND lock_id = OLD.id;
    IF asked.id IS NULL OR NOT EXISTS (
        SELECT 1 FROM public.crf_lockconsent
         WHERE request_id = asked.id AND by_id <> asked.asked_by_id AND as_role <> 'investigator') THEN
        RAISE EXCEPTION 'The lock of the study is lifted by two people: one asks for it, another confirms.'
            USING ERRCODE = 'CRF05';
    END IF;
    IF public.crf_opened_at(OLD.id) IS NOT NULL THEN
        SELECT site.code INTO silent FROM public.crf_site AS site
         WHERE EXISTS (SELECT 1 FROM public.crf_subject WHERE site_id = site.id AND randomised_at IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM public.crf_lockconsent
                            WHERE request_id = asked.id AND as_role = 'investigator' AND for_site = site.code)
         ORDER BY site.code LIMIT 1;
        IF silent IS NOT NULL THEN
            RAISE EXCEPTION 'The list is open: an investigator of each site has to consent too, and % has not.', silent
                USING ERRCODE = 'CRF05';
        END IF;
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_study_lock_guard() FROM PUBLIC;
CREATE TRIGGER two_people BEFORE INSERT OR UPDATE ON public.crf_studylock
    FOR EACH ROW EXECUTE FUNCTION public.crf_study_lock_guard();
ALTER TABLE public.crf_studylock ENABLE ALWAYS TRIGGER two_people;

-- A consent is given by who acts; an investigator's counts for a site at which the role is held today.
CREATE FUNCTION public.crf_lock_consent_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.by_id::text IS DISTINCT FROM current_setting('crf.actor', true) THEN
        RAISE EXCEPTION 'Nobody consents for another person.' USING ERRCODE = 'CRF05';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM public.crf_roleheld AS held JOIN public.crf_user AS person ON person.id = held.user_id
                    JOIN public.crf_site AS site ON site.id = held.site_id
                    WHERE held.user_id = NEW.by_id AND held.role = NEW.as_role AND held.ended_at IS NULL
                      AND (NEW.for_site = '' OR site.code = NEW.for_site) AND person.is_active
                      AND held.starts_on <= current_date AND coalesce(held.ends_on, current_date) >= current_date) THEN
        RAISE EXCEPTION 'This consent needs the role in which it is given.' USING ERRCODE = 'CRF05';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_lock_consent_guard() FROM PUBLIC;
CREATE TRIGGER own_consent BEFORE INSERT ON public.crf_lockconsent
    FOR EACH ROW EXECUTE FUNCTION public.crf_lock_consent_guard();
ALTER TABLE public.crf_lockconsent ENABLE ALWAYS TRIGGER own_consent;

CREATE FUNCTION public.crf_site_of(asked_subject bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT site_id FROM public.crf_subject WHERE id = asked_subject);
END $$;
REVOKE ALL ON FUNCTION public.crf_site_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_site_of(bigint) TO ecrf_sealed;

-- The sites whose investigators have a say once the list is open, whichever sites the asking person may see.
CREATE FUNCTION public.crf_sites_with_randomised() RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT DISTINCT site_id FROM public.crf_subject WHERE randomised_at IS NOT NULL;
END $$;
REVOKE ALL ON FUNCTION public.crf_sites_with_randomised() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_sites_with_randomised() TO ecrf_web;
