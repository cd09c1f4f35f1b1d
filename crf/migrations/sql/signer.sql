-- Nobody signs while it is in doubt who uses the account.

-- The pairs are those of crf/rules/access.py (ACC-04); tests/unit/test_access_roles.py compares them one by one.
REVOKE ALL ON FUNCTION public.crf_duties_apart() FROM PUBLIC;

-- SIG-10: an administrator who changed how somebody signs in cannot sign as that person.
CREATE FUNCTION public.crf_signer_is_known() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.crf_user WHERE id = NEW.signed_by_id AND identity_doubted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Nothing was signed: an administrator changed how this account signs in, and nobody else has'
            ' confirmed since who uses it. Ask another administrator to confirm it.' USING ERRCODE = 'CRF05';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_signer_is_known() FROM PUBLIC;

CREATE TRIGGER signer_is_known BEFORE INSERT ON public.crf_signature
    FOR EACH ROW EXECUTE FUNCTION public.crf_signer_is_known();
ALTER TABLE public.crf_signature ENABLE ALWAYS TRIGGER signer_is_known;
