"""Every option of `manage.py analyse` with every method: it changes the result, or is refused with a sentence."""

import argparse
import io
import json

import pandas as pd
import pytest
from django.core.management import call_command

from analysis.command import options
from analysis.command.estimators import ESTIMATORS
from analysis.command.estimators.uses import OF_ALL, USES, refuse_unused, spelled
from analysis.stats.results import NotEstimable
from tests.stats.own_file import PARTS, people

pytestmark = pytest.mark.finding("F-702")

BASE = {
    "ancova": ["--method", "ancova", *PARTS, "--covariate", "BASE"],
    "responders": ["--method", "responders", *PARTS, "--covariate", "BASE", "--threshold", "20"],
    "effects": ["--method", "effects", *PARTS, "--covariate", "BASE"],
    "moderation": ["--method", "moderation", *PARTS, "--moderator", "BASE", "--block", "BLOCK", "--draws", "100"],
    "repeated": ["--method", "repeated", *PARTS],
    "mmrm": ["--method", "mmrm", *PARTS, "--fixed", "VISIT*ARM"],
    "rerandomisation": ["--method", "rerandomisation", *PARTS, "--block", "BLOCK", "--fixed", "VISIT*ARM"]
    + ["--draws", "200"],
    "imputation": ["--method", "imputation", *PARTS, "--strategies", "J2R", "--draws", "100"],
    "tipping": ["--method", "tipping", *PARTS, "--strategies", "MAR", "--deltas", "0,2", "--draws", "100"],
    "survival": ["--method", "survival", *PARTS, "--covariate", "BASE", "--visit-days", "W1=8,W2=15,W4=29"]
    + ["--threshold", "20"],
    "blinded": ["--method", "blinded", "--subject", "SUBJ", "--visit", "VISIT", "--response", "CHG"]
    + ["--planning-effect", "3", "--power", "0.8", "--planned", "10", "--maximum", "400"],
    "design": ["--method", "design", "--analysis", "ancova_complete", "--trials", "20"],
    "exposure": ["--method", "exposure", "--subject", "SUBJ", "--first", "A", "--last", "B", "--mg", "MG"]
    + ["--steps", "250", "--planned-mg", "5000"],
    "safety": ["--method", "safety", "--subject", "SUBJ", "--onset", "ONSET", "--by", "TERM", "--arm", "ARM"]
    + ["--reference", "PLACEBO", "--first-dose", "FIRST", "--last-dose", "LAST", "--subjects", "{subjects}"],
    "populations": ["--method", "populations", "--subject", "SUBJ"],
    "derive": ["--method", "derive", "--subject", "SUBJ", "--score", "SCORE", "--day", "DAY"]
    + ["--windows", "W1:2-11@8,W2:12-18@15,W4:20-35@29"],
}
FILE = {"design": "scenario", "exposure": "doses", "safety": "events", "populations": "sets"}
# A value of every option that must change something where it is used; by method where one does not fit all.
VALUE = {
    "level": ["0.8"],
    "seed": ["7"],
    "processes": ["2"],
    "subject": ["ARM"],
    "visit": ["SITE"],
    "arm": ["SITE"],
    "response": ["SCORE2"],
    "reference": ["DRUG"],
    "active": ["NOBODY"],
    "covariate": ["AGE"],
    "factor": ["SITE"],
    "at": ["W2"],
    "visits": ["W1,W2"],
    "where": ["SITE=A"],
    "missing_codes": ["=-4"],
    "baseline": ["W1"],
    "wide": ["W1=AGE"],
    "score": ["SCORE3"],
    "day": ["DAY"],
    "moderator": ["AGE"],
    "block": ["SITE"],
    "stratum": ["SITE"],
    "threshold": ["30"],
    "better": ["higher"],
    "weights": ["AGE"],
    "without_responders": [],
    "visit_days": ["W1=5,W2=6,W4=7"],
    "fixed": ["VISIT*ARM + SITE"],
    "covariance": ["cs"],
    "df": ["normal"],
    "covariance_by": ["ARM"],
    "likelihood": ["ml"],
    "contrast": ["0.5*W1 + 0.5*W2"],
    "strategies": ["CR"],
    "draws": ["150"],
    "samples": ["100"],
    "deltas": ["0,3"],
    "pattern": ["accumulating"],
    "block_size": ["4"],
    "allocation_list": ["{list}"],
    "profile": ["W1=0.3,W2=0.6,W4=1"],
    "refit": [],
    "date": ["DATE"],
    "day_1": ["DATE"],
    "first": ["A"],
    "last": ["B"],
    "mg": ["MG"],
    "onset": ["ONSET2"],
    "worsened": ["ONSET2"],
    "serious": ["SERIOUS"],
    "first_dose": ["LAST"],
    "last_dose": ["FIRST"],
    "days_at_risk": ["RISK"],
    "by": ["SERIOUS"],
    "subjects": ["{subjects2}"],
    "doses": ["{doses}"],
    "capsules": ["{capsules}"],
    "steps": ["250,500"],
    "planned_mg": ["9000"],
    "days_after": ["0"],
    "days_after_serious": ["0"],
    "windows": ["W1:2-11@8"],
    "compliance": ["0.95,1.2"],
    "analysis": ["ancova_locf"],
    "trials": ["30"],
    "power": ["0.9"],
    "planning_effect": ["2"],
    "planned": ["300"],
    "maximum": ["12"],
    "retention": ["0.7"],
    "adjusted": [],
}
# Used, and without an effect on the numbers: they are the same from any number of processes, and the F tests of two
# arms do not know which is subtracted.
SAME_NUMBERS = {(method, "processes") for method in ESTIMATORS} | {("repeated", "reference")}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("options")
    own = people(36, seed=9)  # nine blocks of four: more allocations than are gone through
    own = own.assign(SCORE2=own["CHG"] * 2, SCORE3=own["SCORE"] // 2, DATE="2026-01-05")
    ids = own["SUBJ"].unique()
    arms = own.drop_duplicates("SUBJ").set_index("SUBJ")
    made = {"long": own}
    made["doses"] = [
        {"SUBJ": who, "A": 1, "B": 10 + i, "MG": 250, "ARM": "X", "SITE": "A"} for i, who in enumerate(ids)
    ]
    made["doses"][0]["MG"] = 500
    dates = {"FIRST": "2026-01-05", "LAST": "2026-02-16"}
    subjects = [
        {"SUBJ": who, "ARM": arms.loc[who, "ARM"], "SITE": arms.loc[who, "SITE"], **dates, "RISK": 20} for who in ids
    ]
    made["subjects"], made["subjects2"] = subjects, subjects[:10]
    made["events"] = [
        {"SUBJ": who, "TERM": "headache", "SITE": "AB"[i % 2], "SERIOUS": "ny"[i % 3 == 2]}
        | {"ONSET": f"2026-0{1 + i % 3}-10", "ONSET2": f"2026-0{1 + i % 2}-03"}
        for i, who in enumerate(ids[:12])
    ]
    made["events"][0] |= {"ONSET": "2025-12-30", "ONSET2": "2026-01-20"}
    made["sets"] = [
        {"SUBJ": who, "SITE": "AB"[i % 2], "randomised": "yes", "doses": -4 if i == 2 else 40, "has_baseline": "yes"}
        | {"later_ratings": 3, "major_deviations": 0, "compliance": 0.9, "final_visit_in_window": "yes"}
        for i, who in enumerate(ids)
    ]
    made["capsules"] = [{"SUBJ": who, "dispensed": 90, "returned": 4, "lost": 0, "prescribed": 84} for who in ids]
    made["list"] = [
        {"stratum": "one", "block": str(b), "arm": arm, "subject": who}
        for b in range(9)
        for who, arm in zip([*ids[4 * b : 4 * b + 4], ""], [*arms["ARM"].iloc[4 * b : 4 * b + 4], "DRUG"], strict=True)
    ]
    paths = {}
    for name, rows in made.items():
        paths[name] = str(folder / f"{name}.csv")
        pd.DataFrame(rows).to_csv(paths[name], index=False)
    scenario = {
        "visits": ["W1", "W2"],
        "change": [-2, -4],
        "effect": [-1, -3],
        "site_shift": [0],
        "block": 4,
        "baseline_mean": 24,
        "baseline_sd": 5,
        "slope": -0.1,
        "drop_out": 0.2,
        "dependence": 0,
        "sites": {"A": 24},
        "sd": [5, 6],
        "correlation": [[1, 0.5], [0.5, 1]],
    }
    (folder / "scenario.json").write_text(json.dumps(scenario))
    return {**paths, "scenario": str(folder / "scenario.json"), "out": str(folder / "out.json")}


def run(files, method, extra):
    """What was found, or the sentence of the refusal."""
    out, err = io.StringIO(), io.StringIO()
    words = [word.format(**files) for word in [*BASE[method], *extra]]
    try:
        call_command("analyse", files[FILE.get(method, "long")], *words, "--json", files["out"], stdout=out, stderr=err)
    except SystemExit:
        return err.getvalue().strip()
    with open(files["out"]) as made:
        found = json.load(made)
    parts = [found["data"].get("notes"), *(found[name] for name in ESTIMATORS if name in found), out.getvalue()]
    return json.dumps(parts)


@pytest.fixture(scope="module")
def plain_results(files):
    return {method: run(files, method, []) for method in ESTIMATORS}


def every_option():
    parser = argparse.ArgumentParser()
    options.add(parser)
    return [name for name in options.DEFAULTS if name not in OF_ALL]


def test_the_table_of_uses_names_every_method_and_every_option(plain_results):
    assert set(USES) == set(ESTIMATORS) == set(BASE)
    assert set(every_option()) == set().union(*USES.values()) - OF_ALL == set(VALUE)
    for method, found in plain_results.items():
        assert found.startswith("["), f"{method}: {found}"


@pytest.mark.parametrize("method", ESTIMATORS)
def test_each_option_changes_what_is_found_or_is_refused_with_a_sentence(files, plain_results, method):
    silent, nameless = [], []
    base = " ".join(BASE[method])
    for option in every_option():
        values = VALUE[option]
        if option not in USES[method]:
            with pytest.raises(NotEstimable, match=f"^{spelled(option)} has no use in --method {method}: leave it out"):
                refuse_unused([method], {"method": [method], option: values})
            continue
        words = [spelled(option) + values[0]] if values and values[0][:1] == "=" else [spelled(option), *values]
        if " ".join(words) in base:  # there already: without it the method is refused or differs, see other tests
            continue
        found = run(files, method, words)
        if not found.startswith("["):
            if not found.endswith((".", ")")):
                nameless.append(f"{option}: {found}")
        elif found == plain_results[method] and (method, option) not in SAME_NUMBERS:
            silent.append(option)
    assert (silent, nameless) == ([], [])
