"""Any small data, however poor: a result whose numbers are finite or said to be missing, or a refusal in a sentence.

Never a LinAlgError, a KeyError, a division by zero or a warning of numpy's. Every public function of `analysis.stats`
that takes data is in FUNCTIONS.
"""

import dataclasses
import math
import warnings

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.derive import derivations as derive
from analysis.derive import populations
from analysis.stats import (
    ancova,
    blinded,
    descriptive,
    design,
    effect_size,
    exact_difference,
    exposure,
    g_computation,
    lsmeans,
    mantel_haenszel,
    mmrm,
    moderation,
    ratios,
    repeated_measures,
    rerandomisation,
    rerandomisation_refitted,
    residuals,
    responders,
    risk_difference,
    safety,
    survival,
    terms,
    two_by_two,
    unconditional,
)
from analysis.stats.allocations import reference_set
from analysis.stats.executor import HereAndNow
from analysis.stats.imputation.bootstrap import bootstrap
from analysis.stats.imputation.conditional_mean import conditional_mean
from analysis.stats.imputation.delta import tipping_point_conditional_mean, tipping_point_multiple_imputation
from analysis.stats.imputation.gibbs import multiple_imputation
from analysis.stats.imputation.panel import dropout_visits, panel
from analysis.stats.imputation.strategies import STRATEGIES
from analysis.stats.results import NotEstimable
from analysis.stats.simulation import Scenario, simulate
from analysis.stats.two_by_two import Table

VISITS = ("W1", "W2", "W3")
HERE = HereAndNow()
LEVEL = {"level": 0.95}
ARMS = {"arm": "arm", "active": "A", "reference": "B"}
ONE = {"subject": "who", **ARMS}

value = st.one_of(st.none(), st.integers(-9, 9), st.sampled_from([0, 0, 1, 1, 1e6, 0.1]))


@st.composite
def people(draw, largest=16):
    """One row a subject: arm, baseline, site, block; constant, unbalanced and missing values are likely."""
    n = draw(st.one_of(st.integers(0, largest), st.integers(8, largest)))
    column = {
        "arm": st.sampled_from(draw(st.sampled_from(["AB", "AB", "AABB", "A", "ABC"]))),
        "site": st.sampled_from(draw(st.sampled_from(["x", "xy", "xyz"]))),
        "block": st.sampled_from([1, 1, 2, 3]),
        "base": draw(st.sampled_from([st.integers(18, 30), st.just(20), value])),
        "y": draw(st.sampled_from([st.integers(-15, 5), st.just(-3), value])),
        "yes": st.sampled_from([True, False, None]),
        "day": draw(st.sampled_from([st.integers(1, 50), st.just(8), value])),
        "years": draw(st.sampled_from([st.integers(1, 60), st.just(0), value])),
    }
    rows = [{"who": f"s{k}", **{name: draw(kind) for name, kind in column.items()}} for k in range(n)]
    frame = pd.DataFrame(rows, columns=["who", *column])
    for name in ("base", "y", "day", "years"):
        frame[name] = frame[name].astype(float)
    return frame.astype({"yes": "boolean"})


@st.composite
def courses(draw, largest=16):
    """Long form: some subjects, some visits, gaps and drop-out."""
    frame = draw(people(largest))
    kind = draw(st.sampled_from([st.integers(-15, 5), st.integers(-15, 5), value]))
    rows = []
    for own in frame.to_dict("records"):
        visits = draw(st.sampled_from([VISITS, VISITS, VISITS[:2], VISITS[:1], VISITS[::2], ()]))
        rows += [{**own, "visit": visit, "y": draw(kind)} for visit in visits]
    return pd.DataFrame(rows, columns=[*frame.columns, "visit"]).astype({"y": float})


def listed(frame):
    return reference_set(
        frame.rename(columns={"who": "subject", "site": "stratum"})[["subject", "arm", "block", "stratum"]],
        active="A",
        reference="B",
        scheme="conditional",
        limit=40,
        draws=20,
        seed=1,
    )


def a_panel(frame):
    names = {"subject": "who", "visit": "visit", "response": "y", "visits": VISITS}
    return panel(frame, **names, **ARMS, covariates=["base"], factors=["site"], events=dropout_visits(frame, **names))


def a_fit(frame, covariance="un"):
    return mmrm.fit(
        frame,
        subject="who",
        visit="visit",
        response="y",
        fixed="base + visit*arm",
        covariance=covariance,
        method="reml",
        reference={"arm": "B"},
    )


def differences(frame, df):
    fit = a_fit(frame)
    return lsmeans.difference_by_visit(fit, arm="arm", active="A", reference="B", df=df, **LEVEL), fit.warnings


def two_samples(frame):
    return tuple(frame.loc[frame["arm"] == arm, "y"] for arm in "AB")


def a_table(frame):
    counts = [int((frame["yes"].fillna(False) & (frame["arm"] == arm)).sum()) for arm in "AB"]
    sizes = [int((frame["arm"] == arm).sum()) for arm in "AB"]
    return Table(counts[0], sizes[0], counts[1], sizes[1])


def strata(frame):
    return mantel_haenszel.tables_by_stratum(frame, **ARMS, responded="yes", strata="site")[0]


MODEL = {**ONE, "response": "y", "covariates": ("base",), "factors": ("site",), **LEVEL}
MODERATED = {**ONE, "response": "y", "moderator": "base", "covariates": (), "factors": ("site",)}
OVER = {"subject": "who", "response": "y", **LEVEL}

WIDE = {
    "ancova": lambda f: ancova.ancova(f, **MODEL),
    "summary": lambda f: descriptive.summary(f["y"], name="y", **LEVEL),
    "summaries": lambda f: descriptive.summaries(f, value="y", by=["arm"], **LEVEL),
    "hedges_g": lambda f: effect_size.hedges_g(*two_samples(f), **LEVEL),
    "superiority": lambda f: effect_size.probability_of_superiority(*two_samples(f), better="lower", **LEVEL),
    "cliffs_delta": lambda f: effect_size.cliffs_delta(*two_samples(f), **LEVEL),
    "arm_by_covariate": lambda f: moderation.arm_by_covariate(f, **MODERATED, **LEVEL),
    "johnson_neyman": lambda f: [
        moderation.johnson_neyman(
            moderation.arm_by_covariate(f, **MODERATED, **LEVEL), simultaneous=how, grid=5, **LEVEL
        )
        for how in ("none", "fdr", "scheffe")
    ],
    "permutation": lambda f: moderation.permutation(f, **MODERATED, block="block", draws=19, seed=1),
    "responders": lambda f: responders.responders(
        f, **ONE, responded="yes", missing="non-response", rule="made up", **LEVEL
    ),
    "responders left out": lambda f: responders.responders(
        f, **ONE, responded="yes", missing="left out", rule="made up", **LEVEL
    ),
    "two by two": lambda f: [
        test(a_table(f))
        for test in (
            two_by_two.pearson,
            two_by_two.yates,
            two_by_two.n_minus_1,
            two_by_two.likelihood_ratio,
            two_by_two.fisher,
            two_by_two.fisher_midp,
            two_by_two.fisher_one_sided,
            unconditional.barnard,
            unconditional.boschloo,
        )
    ],
    "risk differences": lambda f: [
        one(a_table(f), **LEVEL)
        for one in (
            risk_difference.newcombe,
            risk_difference.miettinen_nurminen,
            risk_difference.mee,
            risk_difference.wald,
            ratios.odds_ratio,
            ratios.risk_ratio,
            ratios.conditional_odds_ratio,
            exact_difference.exact_difference,
        )
    ],
    "needed to treat": lambda f: risk_difference.needed_to_treat(risk_difference.newcombe(a_table(f), **LEVEL)),
    "g-computation": lambda f: g_computation.adjusted_risk_difference(
        f, **ONE, responded="yes", covariates=("base",), factors=("site",), **LEVEL
    ),
    "cmh": lambda f: [mantel_haenszel.cmh(strata(f), continuity=how) for how in (True, False)],
    "common": lambda f: [
        one(strata(f), **LEVEL)
        for one in (mantel_haenszel.mantel_haenszel_difference, mantel_haenszel.mantel_haenszel_odds_ratio)
    ],
    "kaplan_meier": lambda f: survival.kaplan_meier(f, subject="who", time="day", event="yes", name="all", **LEVEL),
    "log_rank": lambda f: survival.log_rank(f, **ONE, time="day", event="yes", strata=None),
    "log_rank by site": lambda f: survival.log_rank(f, **ONE, time="day", event="yes", strata="site"),
    "events_by": lambda f: safety.events_by(
        f[f["yes"].fillna(False)], f, **ONE, by="site", days_at_risk="years", total="any", **LEVEL
    ),
    "rate": lambda f: safety.rate(int(f["yes"].sum()), float(f["years"].sum()), name="all", n=len(f), **LEVEL),
    "exposure": lambda f: exposure.exposure(
        f.assign(last=f["day"] + 2), subject="who", first="day", last="last", mg="years", steps=(1, 2), planned_mg=60
    ),
    "compliance": lambda f: exposure.compliance(
        f, subject="who", dispensed="years", returned="day", lost="base", prescribed="y"
    ),
    "dose_on": lambda f: exposure.dose_on(
        f.assign(last=f["day"] + 2), f, subject="who", first="day", last="last", mg="years", day="day"
    ),
    "baseline": lambda f: derive.baseline(f, subject="who", day="day", score="y", subjects=f["who"]).frame,
    "rerandomise_shift": lambda f: rerandomisation.rerandomise_shift(f, listed(f), **OVER),
    "rerandomise_ancova": lambda f: rerandomisation.rerandomise_ancova(f, listed(f), fixed="base + site", **OVER),
    "populations": lambda f: populations.populations(
        f.assign(
            randomised=f["yes"],
            doses=f["years"],
            has_baseline=f["yes"],
            later_ratings=f["day"],
            major_deviations=0,
            compliance=f["base"],
            final_visit_in_window=f["yes"],
        ),
        subject="who",
        compliance=(0.8, 1.2),
    ),
}

LONG = {
    "repeated_measures": lambda f: repeated_measures.repeated_measures(
        f, **ONE, visit="visit", response="y", order=list(VISITS)
    ),
    "mmrm": lambda f: differences(f, "kr"),
    "mmrm satterthwaite": lambda f: differences(f, "satterthwaite"),
    "mmrm sandwich": lambda f: differences(f, "cr3"),
    "mmrm structured": lambda f: a_fit(f, "ar1h").sigma,
    "fall-back list": lambda f: (
        mmrm.fit_with_fallback(f, subject="who", visit="visit", response="y", fixed="visit*arm", method="reml").sigma
    ),
    "type III": lambda f: terms.type_three(a_fit(f), df="kr"),
    "type II": lambda f: terms.type_two(a_fit(f), df="kr"),
    "residuals": lambda f: residuals.distances(a_fit(f)),
    "conditional_mean": lambda f: conditional_mean(
        a_panel(f), strategies=STRATEGIES, covariance="un", executor=HERE, **LEVEL
    ),
    "bootstrap": lambda f: bootstrap(
        a_panel(f), strategies=["J2R"], covariance="cs", samples=3, seed=1, executor=HERE, **LEVEL
    ),
    "multiple_imputation": lambda f: multiple_imputation(
        a_panel(f), strategies=["J2R", "MAR"], draws=3, burn_in=2, seed=1, executor=HERE, **LEVEL
    ),
    "tipping by means": lambda f: tipping_point_conditional_mean(
        a_panel(f),
        strategy="J2R",
        visit="W3",
        active=(0.0, 2.0),
        reference=(0.0,),
        pattern="constant",
        covariance="cs",
        executor=HERE,
        **LEVEL,
    ),
    "tipping by draws": lambda f: tipping_point_multiple_imputation(
        a_panel(f),
        strategy="CIR",
        visit="W3",
        active=(0.0, 2.0),
        reference=(0.0,),
        pattern="accumulating",
        draws=3,
        burn_in=1,
        seed=1,
        executor=HERE,
        **LEVEL,
    ),
    "rerandomise_mmrm": lambda f: rerandomisation.rerandomise_mmrm(
        f,
        listed(f.drop_duplicates("who")),
        visit="visit",
        fixed="visit + base",
        visits=VISITS,
        at="W3",
        covariance="un",
        profile=dict.fromkeys(VISITS, 1),
        **{**OVER, "level": None},
    ),
    "refitted": lambda f: rerandomisation_refitted.rerandomise_mmrm_refitted(
        f,
        listed(f.drop_duplicates("who")),
        subject="who",
        visit="visit",
        response="y",
        fixed="visit",
        visits=VISITS,
        at="W3",
        covariance="cs",
        executor=HERE,
    ),
    "pooled_variance": lambda f: blinded.pooled_variance(
        f, subject="who", visit="visit", response="y", covariates=["base"], at="W3", covariance="un"
    ),
    "locf": lambda f: (
        derive.locf(
            f, subject="who", visit="visit", values=["y"], order=list(VISITS), subjects=f["who"].drop_duplicates()
        ).frame
    ),
    "sustained": lambda f: derive.sustained(
        f, subject="who", visit="visit", responded="yes", order=list(VISITS), run=2, until_end=False
    ),
    "first_response_day": lambda f: derive.first_response_day(f, subject="who", day="day", responded="yes"),
}


def sound(result):
    """Each result has numbers that may stand in a table: p in [0, 1], no negative error, ends in their order."""
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (list, tuple)):
        for one in result:
            sound(one)
        return
    if isinstance(result, pd.DataFrame):
        if {"p", "se", "low", "high"} <= set(result.columns):
            for row in result.to_dict("records"):
                numbers(row)
        return
    if dataclasses.is_dataclass(result):
        content = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
        numbers(content)
        sound([v for v in content.values() if dataclasses.is_dataclass(v) or isinstance(v, (tuple, list, dict))])


def numbers(row):
    for key in ("p", "proportion"):
        if isinstance(row.get(key), float) and not math.isnan(row[key]):
            assert -1e-12 <= row[key] <= 1 + 1e-12, (key, row)
    if isinstance(row.get("se"), float):
        assert not row["se"] < 0, row
        assert not math.isinf(row["se"]), row
    if isinstance(row.get("low"), float) and isinstance(row.get("high"), float):
        assert not row["low"] > row["high"] + 1e-9 * abs(row["high"]), row
    if isinstance(row.get("estimate"), float) and "ratio" not in str(row.get("name", "")) and "text" not in row:
        assert not math.isinf(row["estimate"]), row


def tried(function, frame):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result = function(frame)
        except NotEstimable as refusal:
            sentence = str(refusal)
            assert len(sentence) > 20 and sentence.endswith((".", ")")), sentence
            return
    sound(result)


MANY = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", WIDE)
@MANY
@given(frame=people())
def test_one_row_a_subject(name, frame):
    tried(WIDE[name], frame)


@pytest.mark.parametrize("name", LONG)
@settings(MANY, max_examples=8)
@given(frame=courses())
def test_one_row_a_subject_and_visit(name, frame):
    tried(LONG[name], frame)


number = st.one_of(st.integers(-3, 40), st.floats(-10, 10, allow_nan=False), st.sampled_from([0.0, 1.0, 1e9, 1e-9]))


@MANY
@given(
    sites=st.lists(st.integers(-1, 7), max_size=2),
    block=st.integers(-1, 6),
    sd=number,
    variance=number,
    effect=number,
    drop_out=number,
    dependence=number,
)
def test_a_scenario_that_makes_no_sense_is_refused_and_any_other_gives_trials(
    sites, block, sd, variance, effect, drop_out, dependence
):
    def simulated(_):
        scenario = Scenario(
            visits=("W1", "W2"),
            sites=tuple((f"site{k}", n) for k, n in enumerate(sites)),
            block=block,
            baseline_mean=20,
            baseline_sd=sd,
            change=(-1, -2),
            effect=(0, effect),
            covariance=((variance, variance / 2), (variance / 2, variance)),
            slope=-0.2,
            site_shift=(0.0,) * len(sites),
            drop_out=drop_out,
            dependence=dependence,
        )
        simulate(scenario, seed=1, number=0)
        return list(
            design.operating_characteristics(
                scenario,
                analyses=["mmrm", "ancova_locf", "rerandomised_ancova", "rerandomised_mmrm"],
                trials=2,
                seed=1,
                executor=HERE,
                **LEVEL,
            ).values()
        )

    tried(simulated, None)


@MANY
@given(active=number, reference=number, effect=number, sd=number, covariates=st.integers(0, 3), total=number)
def test_power_of_numbers_that_make_no_sense_is_refused(active, reference, effect, sd, covariates, total):
    def powers(_):
        found = design.power_of_ancova(
            active=active, reference=reference, effect=effect, sd=sd, covariates=covariates, **LEVEL
        )
        assert 0 <= found <= 1
        return []

    tried(powers, None)

    def size(_):
        found = blinded.required_total(variance=sd, effect=effect, alpha=0.05, power_wanted=0.8)
        assert found >= 4
        return []

    tried(size, None)
