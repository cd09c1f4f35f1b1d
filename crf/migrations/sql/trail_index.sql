-- The same writer, whose looks at a chain go by the index.
--
-- What a table is called comes as a name, whose collation is "C", and texts declared in a function take the collation
-- of what it is called with. Compared so, no index of a chain fits: each event read the heads of all chains, and the
-- place before its own was looked for in every chain of the trail.
CREATE OR REPLACE FUNCTION public.crf_append(told_table text, told_record bigint, told_operation text, told_actor text,
                                  told_role text, told_reason text, told_subject bigint, told_site bigint,
                                  told_changes jsonb, apart boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own_chain text COLLATE "default" := coalesce('subject:' || told_subject, 'study');
    chain_name text COLLATE "default" := CASE WHEN apart THEN 'apart' ELSE own_chain END;
    received timestamptz := nullif(current_setting('crf.received', true), '')::timestamptz;
    known_name text;
    full_name text := '';
    known_organisation text := '';
    place bigint;
    previous_hash bytea;
    moment timestamptz;
    last_moment timestamptz;
    clock_read timestamptz;
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
    SELECT at INTO last_moment FROM public.crf_auditentry WHERE chain = chain_name AND sequence = place - 1;
    IF last_moment > moment THEN
        clock_read := moment;
        moment := last_moment;
    END IF;
    told := jsonb_build_object(
        'format', 2, 'chain', chain_name, 'sequence', place, 'at', public.crf_utc(moment),
        'received', public.crf_utc(received),
        'table', told_table, 'record', told_record, 'operation', told_operation,
        'actor', told_actor, 'actor_name', coalesce(known_name, told_actor), 'full_name', coalesce(full_name, ''),
        'organisation', coalesce(known_organisation, ''), 'role', told_role, 'reason', told_reason,
        'subject', told_subject, 'site', told_site, 'changes', told_changes);
    IF apart OR told_subject IS NOT NULL THEN
        told := told || jsonb_build_object('salt', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
    END IF;
    IF clock_read IS NOT NULL THEN
        told := told || jsonb_build_object('clock', public.crf_utc(clock_read));
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
