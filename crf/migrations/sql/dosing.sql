-- Prescribed doses climb the ladder of the trial, so many steps at a time, whoever writes them; after a stop comes none.
-- The ladder is not written here: trialsite/database/guards.py hangs the trigger on the table of dosing decisions with
-- the doses of the declaration as its first argument ('250,500,750,1000') and the most steps up as its second.
-- The doses that a decision may name at all are the column's own CHECK.

CREATE FUNCTION public.crf_dosing_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    doses constant integer[] := string_to_array(TG_ARGV[0], ',')::integer[];
    steps_up constant integer := TG_ARGV[1]::integer;
    step record;
    last_dose integer := 0;
    rung integer;
    most integer;
    is_stopped boolean := false;
BEGIN
    PERFORM 1 FROM public.crf_subject WHERE id = NEW.subject_id FOR UPDATE;  -- two decisions at once wait here
    FOR step IN EXECUTE format(
        'SELECT prescribed_mg AS dose, decision FROM public.%I'
        ' WHERE subject_id = $1 AND voided_at IS NULL AND prescribed_mg IS NOT NULL'
        ' ORDER BY coalesce(effective_on, decided_on), decided_on, id', TG_TABLE_NAME) USING NEW.subject_id
    LOOP
        SELECT count(*) INTO rung FROM unnest(doses) AS one(dose) WHERE one.dose <= last_dose;
        most := doses[least(rung + steps_up, cardinality(doses))];
        IF step.dose > most THEN
            RAISE EXCEPTION 'A daily dose of % is more than % step(s) above %. Prescribe at most %.',
                step.dose, steps_up, last_dose, most USING ERRCODE = 'CRF05';
        END IF;
        IF is_stopped AND step.dose > 0 THEN
            RAISE EXCEPTION 'The drug was stopped for good; no further dose can be prescribed.'
                USING ERRCODE = 'CRF05';
        END IF;
        is_stopped := is_stopped OR coalesce(step.decision = 'STOP', false);
        IF step.dose > 0 THEN
            last_dose := step.dose;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.crf_dosing_guard() FROM PUBLIC;
