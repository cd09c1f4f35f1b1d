-- Once consent is withdrawn nothing new is begun about the subject, whoever writes (PRV-04): no visit, and of the forms
-- only those of crf/rules/withdrawal.py. tests/unit/test_withdrawal_guard.py compares the two form by form.
--
-- It hangs on the audit trail: every table of the record writes there, also one that is made later. The row comes after
-- the head of the subject's chain is held, so a withdrawal that is being saved at the same moment is waited for and seen.

CREATE FUNCTION public.crf_withdrawal_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    still_begun constant text[] := ARRAY['crf_form_eos', 'crf_form_ae', 'crf_form_saereport',
                                           'crf_form_deviation'];
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

CREATE TRIGGER withdrawal_guard AFTER INSERT ON public.crf_auditentry FOR EACH ROW
    WHEN (NEW.operation = 'INSERT' AND (NEW."table" LIKE 'crf\_form\_%' OR NEW."table" = 'crf_visit'))
    EXECUTE FUNCTION public.crf_withdrawal_guard();
ALTER TABLE public.crf_auditentry ENABLE ALWAYS TRIGGER withdrawal_guard;
