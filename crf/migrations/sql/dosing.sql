-- Prescribed doses follow the ladder of the trial, whoever writes them: what the history of decisions alone forbids is
-- refused here once more (crf/rules/titration.py, BY_HISTORY; `manage.py prove dosing` compares the two). What hangs on
-- the day of the plan, alerts and panels is the rules' alone.
-- No ladder is written here: trialsite/database/guards.py hangs the trigger on the table of dosing decisions with the
-- declaration as its argument. The doses that a decision may name at all are the column's own CHECK too.

-- What is wrong with the last of these decisions, given those before it; NULL where nothing is. Days are numbers of
-- days on any scale. The decisions stand in the order in which they were taken; a later one cancels those that had not
-- begun by its first day.
CREATE FUNCTION public.crf_dosing_breach(ladder jsonb, days integer[], decisions text[], given integer[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    doses constant integer[] := ARRAY(SELECT value::integer
        FROM jsonb_array_elements_text(ladder->'doses') WITH ORDINALITY AS one(value, at) ORDER BY at);
    after_days constant integer[] := ARRAY(SELECT value::integer
        FROM jsonb_array_elements_text(ladder->'after_days') WITH ORDINALITY AS one(value, at) ORDER BY at);
    most_days constant integer[] := ARRAY(SELECT value::integer
        FROM jsonb_array_elements_text(ladder->'most_days') WITH ORDINALITY AS one(value, at) ORDER BY at);
    steps_up constant integer := (ladder->>'steps_up_at_once')::integer;
    same_step constant integer := (ladder->>'interruption_same_step')::integer;
    one_lower constant integer := (ladder->>'interruption_one_lower')::integer;
    most_interruptions constant integer := (ladder->>'interruptions')::integer;
    most_again constant integer := (ladder->>'reescalations')::integer;
    again_after constant integer := (ladder->>'reescalate_after_days')::integer;
    unscheduled constant boolean := (ladder->>'unscheduled_changes')::boolean;
    latest constant integer := cardinality(days);
    kept integer[] := '{}';        -- places of the decisions in force before the last one
    day constant integer := days[latest];
    what constant text := decisions[latest];
    mg constant integer := given[latest];
    place integer;
    before text;                   -- the decision before
    dose integer := 0;             -- the last dose above 0
    above integer := 0;
    rung integer;
    wanted integer;
    highest integer := 0;
    again integer := 0;            -- how often a dose was stepped up to that had been reached before
    held integer := 0;             -- how often the drug was interrupted
    since integer;                 -- the first day of the interruption that goes on
    lowered integer;               -- the day of the latest fall to a lower dose
    spent integer := 0;            -- days on the present dose
    until integer := day;
    admitted integer;
BEGIN
    FOR place IN 1 .. latest - 1 LOOP
        CONTINUE WHEN decisions[place] IS NULL;
        kept := ARRAY(SELECT one FROM unnest(kept) AS one WHERE days[one] <= days[place]) || place;
    END LOOP;
    FOREACH place IN ARRAY kept LOOP
        IF decisions[place] = 'STOP' THEN
            RETURN 'The drug was stopped, and a stop is final.';
        END IF;
        IF decisions[place] = 'INTERRUPT' THEN
            held := held + (before IS DISTINCT FROM 'INTERRUPT')::integer;
            since := coalesce(since, days[place]);
        ELSE
            since := NULL;
        END IF;
        IF 0 < given[place] AND given[place] < above THEN
            lowered := days[place];
        END IF;
        again := again + (decisions[place] = 'STEP_UP' AND given[place] <= highest)::integer;
        highest := greatest(highest, given[place]);
        above := coalesce(nullif(given[place], 0), above);
        before := decisions[place];
    END LOOP;
    dose := above;
    SELECT count(*) INTO rung FROM unnest(doses) AS one WHERE one <= dose;
    SELECT count(*) INTO wanted FROM unnest(doses) AS one WHERE one <= mg;

    IF mg IS NULL OR mg < 0 OR (mg > 0 AND NOT mg = ANY (doses)) THEN
        RETURN format('A daily dose of %s is the dose of no step.', mg);
    END IF;
    IF what IS NULL THEN  -- not decided yet: it may at most be one that a decision could make
        IF wanted > rung + steps_up THEN
            RETURN format('A daily dose of %s is more than %s step(s) above %s.', mg, steps_up, dose);
        END IF;
        RETURN NULL;
    END IF;
    IF before IS NULL THEN
        IF what <> 'STEP_UP' OR mg <> doses[1] THEN
            RETURN format('The first decision is the step up to a daily dose of %s.', doses[1]);
        END IF;
        RETURN NULL;
    END IF;
    IF what IN ('INTERRUPT', 'STOP') AND mg <> 0 THEN
        RETURN 'To interrupt or to stop means no drug.';
    END IF;

    FOR at IN REVERSE cardinality(kept) .. 1 LOOP
        EXIT WHEN given[kept[at]] NOT IN (0, dose);
        IF given[kept[at]] = dose THEN
            spent := spent + greatest(0, until - days[kept[at]]);
        END IF;
        until := days[kept[at]];
    END LOOP;
    admitted := CASE
        WHEN since IS NULL OR day - since <= same_step THEN dose
        WHEN day - since <= one_lower THEN doses[greatest(rung - 1, 1)]
    END;
    IF admitted = dose AND spent >= most_days[rung] THEN
        admitted := CASE WHEN rung > 1 THEN doses[rung - 1] END;
    END IF;

    CASE what
    WHEN 'STEP_UP' THEN
        IF since IS NOT NULL THEN
            RETURN 'The drug is interrupted: resume it before it is stepped up.';
        ELSIF wanted <= rung THEN
            RETURN format('A daily dose of %s is no step up from %s.', mg, dose);
        ELSIF wanted > rung + steps_up THEN
            RETURN format('A daily dose of %s is more than %s step(s) above %s. Prescribe at most %s.',
                mg, steps_up, dose, doses[least(rung + steps_up, cardinality(doses))]);
        ELSIF mg > highest THEN
            IF spent < (SELECT max(one) FROM unnest(after_days[rung + 1:wanted]) AS one) THEN
                RETURN format('A daily dose of %s comes too soon: %s day(s) on %s.', mg, spent, dose);
            END IF;
        ELSIF NOT unscheduled OR again >= most_again THEN
            RETURN format('A daily dose of %s was reached before, and the dose is not raised again.', mg);
        ELSIF day - lowered < again_after THEN
            RETURN format('The dose was lowered less than %s days before.', again_after);
        END IF;
    WHEN 'MAINTAIN' THEN
        IF since IS NOT NULL THEN
            RETURN 'The drug is interrupted: resume, stop, or interrupt further.';
        ELSIF mg <> dose THEN
            RETURN format('To maintain means to stay at a daily dose of %s.', dose);
        ELSIF spent >= most_days[rung] THEN
            RETURN format('A daily dose of %s is given for at most %s day(s).', dose, most_days[rung]);
        END IF;
    WHEN 'REDUCE' THEN
        IF since IS NOT NULL OR mg = 0 OR mg >= dose THEN
            RETURN format('To reduce means a daily dose below %s and above 0.', dose);
        ELSIF NOT unscheduled THEN
            RETURN 'In this trial no dose is lowered: interrupt or stop the drug instead.';
        END IF;
    WHEN 'INTERRUPT' THEN
        IF since IS NOT NULL AND admitted IS NULL THEN
            RETURN 'The drug was interrupted for too long; it is stopped for good.';
        ELSIF since IS NULL AND held >= most_interruptions THEN
            RETURN format('The drug was interrupted %s time(s) already: stop it instead.', held);
        END IF;
    WHEN 'RESUME' THEN
        IF since IS NULL THEN
            RETURN 'The drug is not interrupted, so there is nothing to resume.';
        ELSIF admitted IS NULL THEN
            RETURN 'The drug was interrupted for too long; it is stopped for good.';
        ELSIF mg = 0 OR mg > admitted THEN
            RETURN format('After this interruption a daily dose of at most %s is resumed.', admitted);
        END IF;
    ELSE  -- a stop is always admitted
    END CASE;
    RETURN NULL;
END $$;

CREATE FUNCTION public.crf_dosing_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ladder constant jsonb := TG_ARGV[0]::jsonb;
    days integer[];
    decisions text[];
    given integer[];
    breach text;
BEGIN
    PERFORM 1 FROM public.crf_subject WHERE id = NEW.subject_id FOR UPDATE;  -- two decisions at once wait here
    EXECUTE format(
        'SELECT array_agg(coalesce(effective_on, decided_on) - date ''2000-01-01'' ORDER BY taken),'
        ' array_agg(decision::text ORDER BY taken), array_agg(prescribed_mg::integer ORDER BY taken)'
        ' FROM (SELECT effective_on, decided_on, decision, prescribed_mg,'
        ' row_number() OVER (ORDER BY coalesce(decided_on, effective_on), id) AS taken FROM public.%I'
        ' WHERE subject_id = $1 AND voided_at IS NULL AND prescribed_mg IS NOT NULL'
        ' AND coalesce(decided_on, effective_on) IS NOT NULL) AS one', TG_TABLE_NAME)
        USING NEW.subject_id INTO days, decisions, given;
    FOR up_to IN 1 .. coalesce(cardinality(days), 0) LOOP
        breach := public.crf_dosing_breach(ladder, days[:up_to], decisions[:up_to], given[:up_to]);
        IF breach IS NOT NULL THEN
            RAISE EXCEPTION '%', breach USING ERRCODE = 'CRF05';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.crf_dosing_guard() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.crf_dosing_breach(jsonb, integer[], text[], integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.crf_dosing_breach(jsonb, integer[], text[], integer[]) TO ecrf_web;  -- `prove dosing`
