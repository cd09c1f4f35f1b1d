-- Which complete records no monitor compared with their source as they are now (crf/models/to_verify.py).
-- trialsite/database/guards.py hangs the triggers on every form but those that unblind, which monitors do not read.

-- On the table of a form; the argument is its code.
CREATE FUNCTION public.crf_to_verify() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.voided_at IS NULL AND NEW.completed_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.crf_verification AS seen
         WHERE seen.form = TG_ARGV[0] AND seen.record = NEW.id AND seen.version = NEW.version
           AND seen.withdrawn_at IS NULL)
    THEN
        INSERT INTO public.crf_toverify (form, record, version, subject_id, site_id, visit_id, row_number, since)
        VALUES (TG_ARGV[0], NEW.id, NEW.version, NEW.subject_id, NEW.site_id, NEW.visit_id, NEW.row_number,
                NEW.changed_at)
        ON CONFLICT (form, record) DO UPDATE
           SET version = EXCLUDED.version, subject_id = EXCLUDED.subject_id, site_id = EXCLUDED.site_id,
               visit_id = EXCLUDED.visit_id, row_number = EXCLUDED.row_number, since = EXCLUDED.since;
    ELSE
        DELETE FROM public.crf_toverify WHERE form = TG_ARGV[0] AND record = NEW.id;
    END IF;
    RETURN NULL;
END $$;

-- What of a form waits, or of one record of it: all of it is gone over, as when the trigger is hung for the first time.
CREATE FUNCTION public.crf_to_verify_anew(code text, one bigint DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO public.crf_toverify (form, record, version, subject_id, site_id, visit_id, row_number, since)'
        ' SELECT $1, id, version, subject_id, site_id, visit_id, row_number, changed_at FROM public.%I AS stored'
        '  WHERE voided_at IS NULL AND completed_at IS NOT NULL AND ($2 IS NULL OR id = $2) AND NOT EXISTS ('
        '        SELECT FROM public.crf_verification AS seen WHERE seen.form = $1 AND seen.record = stored.id'
        '           AND seen.version = stored.version AND seen.withdrawn_at IS NULL)'
        ' ON CONFLICT (form, record) DO NOTHING', 'crf_form_' || lower(code))
    USING code, one;
END $$;

-- On verifications: a record waits no longer, or again once what was verified of it is withdrawn.
CREATE FUNCTION public.crf_verified() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.withdrawn_at IS NULL THEN
        DELETE FROM public.crf_toverify
         WHERE form = NEW.form AND record = NEW.record AND version = NEW.version;
    ELSIF EXISTS (  -- never of a form on which the other trigger does not hang
        SELECT FROM pg_trigger
         WHERE tgname = 'to_verify' AND tgrelid = to_regclass('public.' || quote_ident('crf_form_' || lower(NEW.form))))
    THEN
        PERFORM public.crf_to_verify_anew(NEW.form, NEW.record);
    END IF;
    RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION public.crf_to_verify(), public.crf_to_verify_anew(text, bigint), public.crf_verified()
  FROM PUBLIC;
