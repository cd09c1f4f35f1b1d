-- Redaction: personal data that was entered by mistake leaves tables, trail and drafts; a tombstone stays (AUD-12).

-- A row of the trail changes in one way: its body gives way to a tombstone, its commitment is kept, and a redaction
-- that two people ask for is being carried out. Its place, its hash and who wrote it when stay.
CREATE FUNCTION public.crf_only_redacted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF to_jsonb(NEW) - ARRAY['body', 'changes', 'reason', 'commitment']
           IS DISTINCT FROM to_jsonb(OLD) - ARRAY['body', 'changes', 'reason', 'commitment']
       OR NEW.commitment IS DISTINCT FROM coalesce(OLD.commitment, sha256(convert_to(OLD.body, 'UTF8')))
       OR NEW.body::jsonb - ARRAY['changes', 'reason', 'redacted', 'salt']
           IS DISTINCT FROM OLD.body::jsonb - ARRAY['changes', 'reason', 'redacted', 'salt']
       OR NOT EXISTS (SELECT FROM public.crf_redaction
                       WHERE id = (NEW.body::jsonb ->> 'redacted')::bigint AND subject_id = OLD.subject
                         AND settled_at IS NULL
                         AND asked_by_id::text IS DISTINCT FROM current_setting('crf.actor', true)) THEN
        RAISE EXCEPTION 'The audit trail only grows: no row of it is changed or removed.' USING ERRCODE = 'CRF07';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_only_redacted() FROM PUBLIC;
DROP TRIGGER only_grows ON public.crf_auditentry;
CREATE TRIGGER only_grows BEFORE UPDATE ON public.crf_auditentry
    FOR EACH ROW EXECUTE FUNCTION public.crf_only_redacted();
CREATE TRIGGER never_removed BEFORE DELETE OR TRUNCATE ON public.crf_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION public.crf_only_grows();
ALTER TABLE public.crf_auditentry ENABLE ALWAYS TRIGGER only_grows;
ALTER TABLE public.crf_auditentry ENABLE ALWAYS TRIGGER never_removed;

-- What stands in place of a value: nothing where there was nothing, the tombstone, and of the reasons for missing
-- answers each item with its code.
CREATE FUNCTION public.crf_tombstone(named text, value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN value IS NULL OR value IN ('null', '""', '{}', '[]') THEN coalesce(value, 'null')
        WHEN named = 'missing' AND jsonb_typeof(value) = 'object' THEN
            (SELECT jsonb_object_agg(key, item || '{"reason": "[redacted]"}') FROM jsonb_each(value) AS of(key, item))
        ELSE '"[redacted]"' END
$$;
REVOKE ALL ON FUNCTION public.crf_tombstone(text, jsonb) FROM PUBLIC;

-- Settle a redaction: withdraw it, or, by a second person, carry it out.
CREATE FUNCTION public.crf_redact(asked bigint, carry_out boolean) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    actor text := current_setting('crf.actor', true);
    told public.crf_redaction;
    entry public.crf_auditentry;
    stone jsonb;
    done jsonb := '[]';
    held jsonb;
    firing record;
BEGIN
    SELECT * INTO told FROM public.crf_redaction WHERE id = asked FOR UPDATE;
    IF told.id IS NULL OR told.settled_at IS NOT NULL OR actor !~ '^[0-9]{1,18}$' THEN
        RAISE EXCEPTION 'This redaction is settled already.' USING ERRCODE = 'CRF05';
    END IF;
    IF NOT carry_out THEN
        UPDATE public.crf_redaction SET settled_at = now(), settled_by_id = actor::bigint WHERE id = asked;
        RETURN 0;
    END IF;
    IF told.asked_by_id::text = actor OR NOT EXISTS (
        SELECT FROM public.crf_auditentry WHERE chain = 'subject:' || told.subject_id AND "table" = 'crf_redaction'
           AND record = asked AND operation = 'INSERT' AND crf_auditentry.actor = told.asked_by_id::text) THEN
        RAISE EXCEPTION 'Two people redact: one asks for it, another carries it out.' USING ERRCODE = 'CRF05';
    END IF;
    IF NOT EXISTS (SELECT FROM public.crf_roleheld AS held JOIN public.crf_user AS person ON person.id = held.user_id
                    WHERE held.user_id = actor::bigint AND held.site_id = told.site_id AND held.ended_at IS NULL
                      AND held.role IN ('data_manager', 'investigator') AND person.is_active
                      AND held.starts_on <= current_date AND coalesce(held.ends_on, current_date) >= current_date) THEN
        RAISE EXCEPTION 'A redaction is carried out by a data manager or an investigator of the site.'
            USING ERRCODE = 'CRF05';
    END IF;
    IF told.sequence IS NULL THEN
        IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(format('public.%I', told."table"))
                          AND tgname LIKE 'pgtrigger\_audit\_%' AND position('subject_id'::bytea IN tgargs) = 1) THEN
            RAISE EXCEPTION 'Nothing is redacted in %.', told."table" USING ERRCODE = 'CRF05';
        END IF;
        EXECUTE format('SELECT to_jsonb(t) FROM public.%I AS t WHERE id = $1 AND subject_id = $2', told."table")
            INTO held USING told.record, told.subject_id;
        IF held IS NULL OR NOT held ? told."column" OR told."column" IN
           ('id', 'subject_id', 'site_id', 'visit_id', 'form', 'record', 'version', 'source', 'state', 'item') THEN
            RAISE EXCEPTION 'There is no such place of this subject.' USING ERRCODE = 'CRF05';
        END IF;
        PERFORM public.crf_redact_cell(told."table", told.record, told."column", held, actor);
        -- Answers that a check made somebody correct, and what nobody saved yet.
        IF held ? 'protocol_version' THEN
            FOR firing IN SELECT id, to_jsonb(f) AS held FROM public.crf_checkfiring AS f
                          WHERE subject_id = told.subject_id AND record = told.record AND item = told."column"
                            AND 'crf_form_' || lower(form) = told."table" LOOP
                PERFORM public.crf_redact_cell('crf_checkfiring', firing.id, 'first_answer', firing.held, actor);
                PERFORM public.crf_redact_cell('crf_checkfiring', firing.id, 'saved_answer', firing.held, actor);
            END LOOP;
            UPDATE public.crf_draft SET answers = answers - told."column", fired = fired - told."column"
             WHERE subject_id = told.subject_id AND 'crf_form_' || lower(form) = told."table";
        END IF;
    END IF;
    FOR entry IN
        SELECT * FROM public.crf_auditentry AS e WHERE e.chain = 'subject:' || told.subject_id AND (
            -- A deed gives its reason with every event that it writes.
            (told.sequence IS NOT NULL AND e.reason NOT IN ('', '[redacted]') AND e.reason = (
                SELECT reason FROM public.crf_auditentry WHERE chain = e.chain AND sequence = told.sequence))
            OR (told.sequence IS NULL AND e."table" = told."table" AND e.record = told.record
                AND e.body::jsonb -> 'changes' ? told."column")
            OR (told.sequence IS NULL AND e."table" = 'crf_checkfiring' AND e.record IN (
                SELECT id FROM public.crf_checkfiring AS f WHERE f.subject_id = told.subject_id
                   AND f.record = told.record AND f.item = told."column"
                   AND 'crf_form_' || lower(f.form) = told."table")))
         ORDER BY e.sequence
    LOOP
        stone := entry.body::jsonb - 'salt' || jsonb_build_object('redacted', asked);
        IF told.sequence IS NOT NULL THEN
            stone := stone || '{"reason": "[redacted]"}';
        ELSE
            stone := jsonb_set(stone, '{changes}', (
                SELECT jsonb_object_agg(key, CASE
                           WHEN key = told."column" AND entry."table" = told."table"
                             OR key IN ('first_answer', 'saved_answer') AND entry."table" = 'crf_checkfiring'
                           THEN jsonb_build_array(public.crf_tombstone(key, pair -> 0), public.crf_tombstone(key, pair -> 1))
                           ELSE pair END)
                  FROM jsonb_each(stone -> 'changes') AS of(key, pair)));
        END IF;
        UPDATE public.crf_auditentry
           SET body = stone::text, changes = stone -> 'changes', reason = stone ->> 'reason',
               commitment = coalesce(commitment, sha256(convert_to(body, 'UTF8')))
         WHERE id = entry.id;
        done := done || jsonb_build_array(jsonb_build_array(
            entry.sequence,
            encode(coalesce(entry.commitment, sha256(convert_to(entry.body, 'UTF8'))), 'hex'),
            encode(sha256(convert_to(stone::text, 'UTF8')), 'hex')));
    END LOOP;
    IF done = '[]' THEN
        RAISE EXCEPTION 'There is no such place of this subject.' USING ERRCODE = 'CRF05';
    END IF;
    UPDATE public.crf_redaction
       SET settled_at = now(), settled_by_id = actor::bigint, was_carried_out = true, entries = done WHERE id = asked;
    RETURN jsonb_array_length(done);
END $$;
REVOKE ALL ON FUNCTION public.crf_redact(bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_redact(bigint, boolean) TO ecrf_web;

-- One cell: the tombstone, or nothing where the column cannot hold it (a date, a short text, a code).
CREATE FUNCTION public.crf_redact_cell(told_table text, told_record bigint, named text, held jsonb, actor text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stone jsonb := public.crf_tombstone(named, held -> named);
    also text := CASE WHEN held ? 'protocol_version'
                      THEN ', version = version + 1, changed_at = now(), changed_by_id = $3::bigint' ELSE '' END;
BEGIN
    IF stone = held -> named THEN
        RETURN;  -- it was corrected before: only the trail still holds it
    END IF;
    BEGIN
        EXECUTE format('UPDATE public.%I SET %I = (jsonb_populate_record(NULL::public.%I, jsonb_build_object(%L, $1))).%I%s'
                       ' WHERE id = $2 AND $3 IS NOT NULL', told_table, named, told_table, named, named, also)
            USING stone, told_record, actor;
    EXCEPTION WHEN check_violation OR string_data_right_truncation OR data_exception THEN
        EXECUTE format('UPDATE public.%I SET %I = NULL%s WHERE id = $2 AND $1 IS NOT NULL AND $3 IS NOT NULL',
                       told_table, named, also) USING stone, told_record, actor;
    END;
END $$;
REVOKE ALL ON FUNCTION public.crf_redact_cell(text, bigint, text, jsonb, text) FROM PUBLIC;
