-- What holds of numbered bottles whoever writes: what one can become, that none is handed out after its expiry or
-- without having been received, that nothing about a shipment or a quarantine changes but its settling.
-- The pairs are those of crf/rules/bottles.py; tests/unit/test_bottles.py compares them one by one.
CREATE FUNCTION public.crf_bottle_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    becomes constant jsonb := '{
        "sent": ["in_stock", "missing", "quarantined", "damaged"],
        "missing": ["in_stock", "quarantined", "damaged"],
        "in_stock": ["handed_out", "quarantined", "lost", "damaged", "destroyed", "sent_back"],
        "quarantined": ["in_stock", "rejected"],
        "rejected": ["destroyed", "sent_back"],
        "handed_out": ["back", "lost", "damaged"],
        "back": ["destroyed", "sent_back", "lost"],
        "damaged": ["destroyed", "sent_back"],
        "lost": ["back"],
        "destroyed": [],
        "sent_back": []}';
    expiry date;
    local_day date;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'sent' THEN
            RAISE EXCEPTION 'A bottle begins on its way to a site.' USING ERRCODE = 'CRF05';
        END IF;
        IF NOT EXISTS (SELECT FROM public.crf_shipment WHERE id = NEW.shipment_id AND site_id = NEW.site_id
                          AND received_at IS NULL) THEN
            RAISE EXCEPTION 'A bottle is part of a shipment to its own site that was not received yet.' USING ERRCODE = 'CRF05';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.site_id, NEW.shipment_id, NEW.kit, NEW.number, NEW.units)
       IS DISTINCT FROM (OLD.site_id, OLD.shipment_id, OLD.kit, OLD.number, OLD.units) THEN
        RAISE EXCEPTION 'What a bottle is does not change, only what becomes of it.' USING ERRCODE = 'CRF05';
    END IF;
    IF NEW.state = OLD.state THEN
        IF to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
            RAISE EXCEPTION 'Nothing about a bottle changes but what becomes of it.' USING ERRCODE = 'CRF05';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT becomes -> OLD.state ? NEW.state THEN
        RAISE EXCEPTION 'A bottle that is % cannot be %.', replace(OLD.state, '_', ' '), replace(NEW.state, '_', ' ')
            USING ERRCODE = 'CRF05';
    END IF;
    IF OLD.state = 'quarantined'
       AND (SELECT outcome FROM public.crf_quarantine WHERE id = OLD.quarantine_id)
           IS DISTINCT FROM (CASE NEW.state WHEN 'rejected' THEN 'rejected' ELSE 'released' END) THEN
        RAISE EXCEPTION 'A bottle in quarantine waits until the supply manager settles it.' USING ERRCODE = 'CRF05';
    END IF;
    IF NEW.state = 'handed_out' THEN
        SELECT shipment.expires_on, (clock_timestamp() AT TIME ZONE site.timezone)::date INTO expiry, local_day
          FROM public.crf_shipment AS shipment JOIN public.crf_site AS site ON site.id = shipment.site_id
         WHERE shipment.id = NEW.shipment_id;
        IF local_day > expiry THEN
            RAISE EXCEPTION 'This bottle has expired: it is not handed out.' USING ERRCODE = 'CRF05';
        END IF;
        IF NOT EXISTS (SELECT FROM public.crf_subject WHERE kit = NEW.kit AND site_id = NEW.site_id
                          AND randomised_at IS NOT NULL) THEN
            RAISE EXCEPTION 'Nobody of this site was given this kit: it is not handed out.' USING ERRCODE = 'CRF05';
        END IF;
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_bottle_guard() FROM PUBLIC;
CREATE TRIGGER bottle_guard BEFORE INSERT OR UPDATE ON public.crf_bottle
    FOR EACH ROW EXECUTE FUNCTION public.crf_bottle_guard();
ALTER TABLE public.crf_bottle ENABLE ALWAYS TRIGGER bottle_guard;

-- A shipment is received once, a quarantine settled once; the rest of them stays as it was written.
CREATE FUNCTION public.crf_settled_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    settled constant text := TG_ARGV[0];
    may_change constant text[] := string_to_array(TG_ARGV[1], ' ');
BEGIN
    IF (to_jsonb(OLD) ->> settled) IS NOT NULL THEN
        RAISE EXCEPTION 'This was settled before, and stays so.' USING ERRCODE = 'CRF05';
    END IF;
    IF (to_jsonb(NEW) - may_change) IS DISTINCT FROM (to_jsonb(OLD) - may_change) THEN
        RAISE EXCEPTION 'What was written down when it began does not change.' USING ERRCODE = 'CRF05';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_settled_once() FROM PUBLIC;
CREATE TRIGGER settled_once BEFORE UPDATE ON public.crf_shipment FOR EACH ROW EXECUTE FUNCTION
    public.crf_settled_once('received_at', 'received_at received_by_id received_on condition counted remark');
ALTER TABLE public.crf_shipment ENABLE ALWAYS TRIGGER settled_once;
CREATE TRIGGER settled_once BEFORE UPDATE ON public.crf_quarantine FOR EACH ROW EXECUTE FUNCTION
    public.crf_settled_once('settled_at', 'settled_at settled_by_id outcome because');
ALTER TABLE public.crf_quarantine ENABLE ALWAYS TRIGGER settled_once;

-- Who manages supplies knows what each kit holds: as of who holds the list (crf/rules/access.py).
CREATE OR REPLACE FUNCTION public.crf_duties_apart() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entering constant text[] := ARRAY['investigator', 'coordinator', 'rater', 'pharmacist', 'safety_officer'];
    entering_blinded constant text[] := ARRAY['investigator', 'coordinator', 'rater', 'pharmacist'];
    locking constant text[] := ARRAY['data_manager'];
    holding_the_list constant text[] := ARRAY['randomisation_statistician', 'unblinded_statistician', 'supply_manager'];
    reading_levels constant text[] := ARRAY['safety_officer'];
    administering constant text[] := ARRAY['administrator'];
    signing constant text[] := ARRAY['investigator'];
    judging_blinded constant text[] := ARRAY['statistician', 'data_manager', 'monitor', 'medical_monitor'];
    knowing constant text[] := holding_the_list || reading_levels;
    held text;
BEGIN
    PERFORM 1 FROM public.crf_user WHERE id = NEW.user_id FOR NO KEY UPDATE;  -- two roles given at once wait here
    SELECT other.role INTO held FROM public.crf_roleheld AS other
     WHERE other.user_id = NEW.user_id AND other.id <> NEW.id
       AND (other.ended_at IS NULL OR (other.ended_at AT TIME ZONE 'UTC')::date >= other.starts_on)
       AND ((daterange(other.starts_on, other.ends_on, '[]') && daterange(NEW.starts_on, NEW.ends_on, '[]')
             AND ((NEW.role = ANY (entering) AND other.role = ANY (locking))
               OR (other.role = ANY (entering) AND NEW.role = ANY (locking))
               OR (NEW.role = ANY (administering) AND other.role = ANY (signing))
               OR (other.role = ANY (administering) AND NEW.role = ANY (signing))))
         -- Whoever knows the arms knows them for good: that role counts without its last day.
         OR (daterange(other.starts_on, CASE WHEN other.role = ANY (knowing) THEN NULL ELSE other.ends_on END, '[]')
             && daterange(NEW.starts_on, CASE WHEN NEW.role = ANY (knowing) THEN NULL ELSE NEW.ends_on END, '[]')
             AND ((NEW.role = ANY (holding_the_list) AND other.role = ANY (entering || judging_blinded))
               OR (other.role = ANY (holding_the_list) AND NEW.role = ANY (entering || judging_blinded))
               OR (NEW.role = ANY (reading_levels) AND other.role = ANY (entering_blinded || judging_blinded))
               OR (other.role = ANY (reading_levels) AND NEW.role = ANY (entering_blinded || judging_blinded)))))
     LIMIT 1;
    IF held IS NOT NULL THEN
        RAISE EXCEPTION 'One account cannot be % and %: these duties stay apart.',
            replace(NEW.role, '_', ' '), replace(held, '_', ' ') USING ERRCODE = 'CRF05';
    END IF;
    RETURN NULL;
END $$;
