"""The estimators by name; what `manage.py analyse` offers.

Each takes the data in the form of its kind and what was `Asked`, and gives a dict of frozen results. `KINDS` says which
form: long (one row a subject and visit) unless named.
"""

from analysis.command.estimators import (
    collected,
    course,
    endpoint,
    planning,
    robustness,
    safety,
    time_to_event,
    tipping,
)
from analysis.command.estimators.arms import each_arm
from analysis.command.estimators.asked import Asked

ESTIMATORS = {
    "ancova": each_arm(endpoint.ancovas),
    "responders": each_arm(endpoint.responders_at),
    "effects": endpoint.effect_sizes,
    "moderation": endpoint.moderation,
    "repeated": course.repeated,
    "mmrm": each_arm(course.mixed_model),
    "rerandomisation": robustness.rerandomisation,
    "imputation": robustness.imputation,
    "tipping": tipping.tipping_points,
    "survival": time_to_event.survival,
    "blinded": planning.blinded,
    "design": planning.design,
    "exposure": collected.exposures,
    "safety": safety.adverse_events,
    "populations": collected.sets,
    "derive": collected.derived,
}

SEVERAL_ARMS = ("ancova", "responders", "mmrm")  # the others compare two arms, named by --active

KINDS = {
    "blinded": "rows without arm",
    "design": "a scenario",
    "exposure": "periods of dosing",
    "safety": "adverse events",
    "populations": "subjects",
    "derive": "ratings",
}

READERS = {
    "rows without arm": planning.read_blinded,
    "a scenario": planning.read_scenario,
    "periods of dosing": collected.read_periods,
    "adverse events": safety.read_events,
    "subjects": collected.read_subjects,
    "ratings": collected.read_ratings,
}

_LONG = "DATA.csv --subject PATIENT --visit VISIT --arm THERAPY --reference PLACEBO --response CHANGE"
_MORE = _LONG + " --covariate BASVAL"
EXAMPLES = {
    "ancova": f"{_MORE} --factor SITE --json OUT.json",
    "responders": f"{_MORE} --method responders --threshold 50",
    "effects": f"{_MORE} --method effects",
    "moderation": f"{_MORE} --method moderation --moderator MARKER --block BLOCK --stratum SITE --draws 9999",
    "repeated": f"{_LONG} --method repeated",
    "mmrm": f'{_MORE} --method mmrm --fixed "VISIT*THERAPY + BASVAL*VISIT" --covariance un --df kr '
    '--contrast "mean of the last two: 0.5*6 + 0.5*7"',
    "rerandomisation": f"{_MORE} --method rerandomisation --block BLOCK --stratum SITE --block-size 4 "
    '--fixed "VISIT*THERAPY + BASVAL" --profile "4=.25,5=.5,6=.75,7=1"',
    "imputation": f"{_MORE} --method imputation --strategies MAR,J2R,CR,CIR --draws 2000 --samples 1000 --processes 2",
    "tipping": f"{_MORE} --method tipping --strategies MAR,J2R --deltas 0,1,2,3,4 --csv GRID.csv",
    "survival": f'{_MORE} --method survival --visit-days "4=8,5=15,6=29,7=43" --stratum SITE --csv CURVE.csv',
    "blinded": "POOLED.csv --method blinded --subject PATIENT --visit VISIT --response CHANGE --covariate BASVAL "
    "--planning-effect 6 --power 0.8 --planned 26 --maximum 60 --retention 0.8",
    "design": "SCENARIO.json --method design --analysis mmrm --analysis ancova_locf --trials 4000 --processes 2\n"
    "    SCENARIO.json --method design --analysis mmrm --power 0.8   (the size; analysis/scenario.json is "
    "an example)",
    "exposure": "DOSES.csv --method exposure --subject SUBJECT --first FIRST --last LAST --mg MG --arm ARM "
    "--steps 250,500,750,1000 --planned-mg 29000 --capsules TAKEN.csv --csv EXPOSURE.csv",
    "safety": "EVENTS.csv --method safety --subject SUBJECT --onset ONSET --worsened WORSE --serious SERIOUS "
    "--by TERM --by SEVERITY --by RELATED\n    --subjects SUBJECTS.csv --arm ARM --reference PLACEBO "
    "--first-dose FIRST --last-dose LAST --doses DOSES.csv --first DAY1 --last DAY2 --mg MG",
    "populations": "SUBJECTS.csv --method populations --subject SUBJECT --compliance 0.8,1.2   (columns: randomised, "
    "doses, has_baseline,\n    later_ratings, major_deviations, compliance, final_visit_in_window)",
    "derive": "RATINGS.csv --method derive --subject SUBJECT --date DATE --day-1 FIRST_DOSE --score SCORE "
    '--windows "V1:2-11@8,V2:12-18@15,V6:40-50@43" --csv LONG.csv',
}

__all__ = ["ESTIMATORS", "EXAMPLES", "KINDS", "READERS", "SEVERAL_ARMS", "Asked"]
