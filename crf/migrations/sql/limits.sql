-- Limits of normal of a site: validity never overlaps, and what was valid stays as it was.

-- A range of one text: what lets the exclusion below compare tests by equality without an extension.
CREATE TYPE public.crf_textrange AS RANGE (subtype = text, collation = "C");
GRANT EXECUTE ON FUNCTION public.crf_textrange(text, text, text) TO ecrf_web;

ALTER TABLE public.crf_sitelimits ADD CONSTRAINT limits_never_overlap EXCLUDE USING gist (
    int8range(site_id, site_id, '[]') WITH &&,
    public.crf_textrange(analyte::text, analyte::text, '[]') WITH &&,
    (CASE sex WHEN 'F' THEN int4range(0, 1) WHEN 'M' THEN int4range(1, 2) ELSE int4range(0, 2) END) WITH &&,
    int4range(youngest::integer, oldest::integer, '[]') WITH &&,
    daterange(valid_from, valid_to, '[]') WITH &&
);

CREATE FUNCTION public.crf_limits_only_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF to_jsonb(NEW) - 'valid_to' IS DISTINCT FROM to_jsonb(OLD) - 'valid_to'
       OR NEW.valid_to IS NULL OR (OLD.valid_to IS NOT NULL AND OLD.valid_to IS DISTINCT FROM NEW.valid_to) THEN
        RAISE EXCEPTION 'Limits of normal can only end: results were held against them. End them and enter others.'
            USING ERRCODE = 'CRF05';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.crf_limits_only_end() FROM PUBLIC;

CREATE TRIGGER limits_only_end BEFORE UPDATE ON public.crf_sitelimits
    FOR EACH ROW EXECUTE FUNCTION public.crf_limits_only_end();
ALTER TABLE public.crf_sitelimits ENABLE ALWAYS TRIGGER limits_only_end;
