-- As in limits.sql, and: wrong limits are withdrawn, once, with who and why; those overlap no others.

ALTER TABLE public.crf_sitelimits DROP CONSTRAINT limits_never_overlap;
ALTER TABLE public.crf_sitelimits ADD CONSTRAINT limits_never_overlap EXCLUDE USING gist (
    int8range(site_id, site_id, '[]') WITH &&,
    public.crf_textrange(analyte::text, analyte::text, '[]') WITH &&,
    (CASE sex WHEN 'F' THEN int4range(0, 1) WHEN 'M' THEN int4range(1, 2) ELSE int4range(0, 2) END) WITH &&,
    int4range(youngest::integer, oldest::integer, '[]') WITH &&,
    daterange(valid_from, valid_to, '[]') WITH &&
) WHERE (withdrawn_at IS NULL);

CREATE OR REPLACE FUNCTION public.crf_limits_only_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    withdrawal constant text[] := ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawn_because'];
BEGIN
    IF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND to_jsonb(NEW) - withdrawal = to_jsonb(OLD) - withdrawal THEN
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - 'valid_to' IS DISTINCT FROM to_jsonb(OLD) - 'valid_to' OR OLD.withdrawn_at IS NOT NULL
       OR NEW.valid_to IS NULL OR (OLD.valid_to IS NOT NULL AND OLD.valid_to IS DISTINCT FROM NEW.valid_to) THEN
        RAISE EXCEPTION 'Limits of normal can only end, or be withdrawn: results were held against them.'
            USING ERRCODE = 'CRF05';
    END IF;
    RETURN NEW;
END $$;
