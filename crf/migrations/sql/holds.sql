-- Asked by the sealed room: whether somebody holds a role today, at any site.
CREATE FUNCTION public.crf_holds_role(asked_person bigint, asked_role text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM public.crf_roleheld AS held JOIN public.crf_user AS person ON person.id = held.user_id
                    WHERE held.user_id = asked_person AND held.role = asked_role AND held.ended_at IS NULL
                      AND person.is_active AND held.starts_on <= current_date
                      AND coalesce(held.ends_on, current_date) >= current_date);
END $$;
REVOKE ALL ON FUNCTION public.crf_holds_role(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_holds_role(bigint, text) TO ecrf_sealed;
