-- Once consent is withdrawn nothing new is begun about the subject, whoever writes (PRV-04): no visit, and of the forms
-- only those that say so (Form.begun_after_withdrawal). Their tables are the trigger's one argument, with commas;
-- trialsite/database/guards.py hangs it after every migration.
--
-- It hangs on the audit trail: every table of the record writes there, also one that is made later. The row comes after
-- the head of the subject's chain is held, so a withdrawal that is being saved at the same moment is waited for and seen.

CREATE FUNCTION public.crf_withdrawal_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    still_begun constant text[] := string_to_array(TG_ARGV[0], ',');
    withdrawn_on date;
BEGIN
    IF NEW."table" = ANY (still_begun) THEN
        RETURN NULL;
    END IF;
    SELECT consent_withdrawn_on INTO withdrawn_on FROM public.crf_subject WHERE id = NEW.subject;
    IF withdrawn_on IS NOT NULL THEN
        RAISE EXCEPTION 'Consent was withdrawn on %: what was collected stays, and only adverse events, deviations and '
            'the end of study are still entered.', withdrawn_on USING ERRCODE = 'CRF05';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.crf_withdrawal_guard() FROM PUBLIC;
