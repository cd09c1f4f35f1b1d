-- Who may be given a kit, and that what was given stays: asked by the sealed room, and hung on the table of subjects.

-- Eligible as the record holds it: attested, and neither failed in screening nor withdrawn. The page asks for more
-- (crf/chart/standing.py); whoever reaches the database by another way is held by this.
CREATE FUNCTION public.crf_may_be_randomised(asked_subject bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM public.crf_subject WHERE id = asked_subject AND attested_at IS NOT NULL
                      AND screen_failed_at IS NULL AND consent_withdrawn_on IS NULL AND annulled_at IS NULL);
END $$;
REVOKE ALL ON FUNCTION public.crf_may_be_randomised(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_may_be_randomised(bigint) TO ecrf_sealed;

-- A kit comes from the list alone, and what a subject was randomised to, when and by whom never changes (RND-05): a
-- wrong value of a stratum is recorded where it belongs, and the allocation stays as it was made.
CREATE FUNCTION public.crf_allocation_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.kit IS NOT NULL THEN
        IF (NEW.kit, NEW.randomised_at, NEW.randomised_by_id, NEW.stratum, NEW.stratum_levels)
           IS DISTINCT FROM (OLD.kit, OLD.randomised_at, OLD.randomised_by_id, OLD.stratum, OLD.stratum_levels) THEN
            RAISE EXCEPTION 'An allocation is never changed: the kit stays, and what was wrong is recorded beside it.'
                USING ERRCODE = 'CRF05';
        END IF;
    ELSIF NEW.kit IS NOT NULL AND NOT sealed.is_kit_of(NEW.id, NEW.kit) THEN
        RAISE EXCEPTION 'A kit comes from the allocation list: this one was not given to this subject.'
            USING ERRCODE = 'CRF05';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_allocation_stays() FROM PUBLIC;
CREATE TRIGGER allocation_stays BEFORE INSERT OR UPDATE ON public.crf_subject
    FOR EACH ROW EXECUTE FUNCTION public.crf_allocation_stays();
ALTER TABLE public.crf_subject ENABLE ALWAYS TRIGGER allocation_stays;
