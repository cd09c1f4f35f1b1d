-- Rows of the audit trail only grow; two people lock the study.

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
