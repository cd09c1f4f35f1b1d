"""Analyses of one visit: ANCOVA, response, effect sizes, moderation (METHODS 4.1, 4.2, 5, 9, 10)."""

from __future__ import annotations

import pandas as pd

from analysis.command.estimators.asked import Asked
from analysis.command.longform import LongForm
from analysis.derive.derivations import is_response, locf, observed_at
from analysis.stats import effect_size, mantel_haenszel
from analysis.stats import moderation as moderated
from analysis.stats.ancova import ancova
from analysis.stats.g_computation import adjusted_risk_difference
from analysis.stats.responders import responders
from analysis.stats.results import NotEstimable


def ancovas(data: LongForm, asked: Asked) -> dict:
    """ANCOVA at one visit, of what was observed and of the last observation carried forward (METHODS 4.1, 4.2)."""
    filled = carried(data, [data.columns.response], asked.at)
    sources = filled.loc[filled["carried_from"].notna() & (filled["carried_from"] != asked.at), "carried_from"]
    counts = sources.value_counts()
    return {
        "observed_case": ancova(observed(data, asked.at), **_parts(data), **_whole_model(data), level=asked.level),
        "locf": ancova(filled, **_parts(data), **_whole_model(data), level=asked.level),
        "locf_carried_forward": len(sources),
        "locf_carried_from": {visit: int(counts[visit]) for visit in data.visits if visit in counts},
        "baseline_visits": data.baseline,
    }


def response_rule(data: LongForm, asked: Asked) -> str:
    """The sentence of who is a responder (METHODS 2.7)."""
    base = _base(data)
    value = asked.score or f"{base} + {data.columns.response}"
    if asked.better == "higher":
        share = f"100 x ({value}) >= {100 + asked.threshold:g} x {base}"
        return f"responder: {share}, not known where {base} is not above 0"
    if asked.threshold == 50:
        return f"responder: 2 x ({value}) <= {base}"
    return f"responder: 100 x ({value}) <= {100 - asked.threshold:g} x {base}"


def responders_at(data: LongForm, asked: Asked) -> dict:
    """Response at one visit, three ways to treat who was not seen (METHODS 5.7), adjusted and by factor (5.8, 5.9).

    The score is its own column, or baseline + change; threshold is the per cent by which it must be better.
    """
    values = [asked.score or data.columns.response]
    seen = responded(data, observed(data, asked.at), asked)
    filled = responded(data, carried(data, values, asked.at), asked)
    kept = {**_arms(data), "responded": "responded", "rule": response_rule(data, asked), "level": asked.level}
    kept["progress"] = asked.progress
    found = {
        "non_response": responders(data.pair(seen), missing="non-response", **kept),
        "observed_case": responders(data.pair(seen), missing="left out", **kept),
        "locf": responders(data.pair(filled), missing="left out", **kept),
    }
    counted = seen.assign(responded=seen["responded"].fillna(False).astype(bool))
    try:
        found["adjusted"] = adjusted_risk_difference(
            counted, **_arms(data), **_whole_model(data), responded="responded", level=asked.level
        )
    except NotEstimable as refusal:
        found["adjusted"] = {"refused": str(refusal)}
    arms = {key: value for key, value in _arms(data).items() if key != "subject"}
    for factor in data.columns.factors:
        tables, left_out = mantel_haenszel.tables_by_stratum(
            data.pair(counted), responded="responded", strata=factor, **arms
        )
        found[f"by_{factor}"] = {
            "cmh": mantel_haenszel.cmh(tables, continuity=False),
            "difference": mantel_haenszel.mantel_haenszel_difference(tables, level=asked.level),
            "odds_ratio": mantel_haenszel.mantel_haenszel_odds_ratio(tables, level=asked.level),
            "left_out": left_out,
        }
    return found


def effect_sizes(data: LongForm, asked: Asked) -> dict:
    """Effect sizes of the response observed at one visit (METHODS 10)."""
    frame, names, level = observed(data, asked.at), data.columns, asked.level
    active, reference = (frame.loc[frame[names.arm] == arm, names.response] for arm in (data.active, data.reference))
    fit = ancova(frame, **_parts(data), **_model(data), level=level)
    found = {
        "hedges_g": effect_size.hedges_g(active, reference, level=level),
        "adjusted": effect_size.standardised_difference(
            fit.contrast.estimate,
            sd=fit.residual_sd,
            se=fit.contrast.se,
            df=fit.residual_df,
            n=fit.n,
            name="adjusted difference / residual SD",
            level=level,
        ),
        "superiority": effect_size.probability_of_superiority(active, reference, better=asked.better, level=level),
        "cliffs_delta": effect_size.cliffs_delta(active, reference, level=level),
    }
    if names.covariates and (spread := float(data.subjects[names.covariates[0]].std())) > 0:
        found["by_baseline"] = effect_size.standardised_difference(
            fit.contrast.estimate,
            sd=spread,
            se=fit.contrast.se,
            df=fit.residual_df,
            n=fit.n,
            name=f"adjusted difference / SD of {names.covariates[0]}",
            level=level,
        )
    return found


def moderation(data: LongForm, asked: Asked) -> dict:
    """Arm by moderator at one visit, Johnson-Neyman, and the permutation p where blocks are named (METHODS 9)."""
    if asked.moderator is None:
        raise NotEstimable("Moderation wants a baseline value: --moderator COLUMN.")
    frame = observed(data, asked.at)
    model = _model(data)
    model["covariates"] = tuple(name for name in model["covariates"] if name != asked.moderator)
    parts = {**_parts(data), **model, "moderator": asked.moderator}
    fit = moderated.arm_by_covariate(frame, **parts, level=asked.level)
    found = {"fit": fit}
    for how in ("none", "fdr", "scheffe"):
        found[f"johnson_neyman_{how}"] = moderated.johnson_neyman(fit, level=asked.level, simultaneous=how, grid=101)
    if asked.block:
        key = blocks(data, asked)
        found["permutation"] = moderated.permutation(
            frame.merge(key, on=data.columns.subject),
            **parts,
            block="block within stratum",
            draws=asked.draws or 9999,
            seed=asked.seed,
            executor=asked.executor,
            progress=asked.progress("permutation"),
        )
    return found


def blocks(data: LongForm, asked: Asked) -> pd.DataFrame:
    """Subject and the randomisation block, told apart within the stratum."""
    label = data.subjects[asked.block]
    if asked.stratum:
        label = data.subjects[asked.stratum] + " / " + label
    return pd.DataFrame({data.columns.subject: data.subjects[data.columns.subject], "block within stratum": label})


def observed(data: LongForm, at: str) -> pd.DataFrame:
    """One row a subject, with what was seen at the visit (METHODS 2.5)."""
    names = data.columns
    return observed_at(data.rows, subject=names.subject, visit=names.visit, at=at, subjects=data.subjects)


def carried(data: LongForm, values: list[str], at: str) -> pd.DataFrame:
    """One row a subject, the last observation carried forward to the visit (METHODS 2.6)."""
    names = data.columns
    order = list(data.visits[: data.visits.index(at) + 1])
    panel = locf(
        data.rows,
        subject=names.subject,
        visit=names.visit,
        values=values,
        order=order,
        subjects=data.subjects[names.subject],
    )
    return observed_at(panel.frame, subject=names.subject, visit=names.visit, at=at, subjects=data.subjects)


def responded(data: LongForm, frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The rows with `responded`, missing where score or baseline is (METHODS 2.7)."""
    base = frame[_base(data)]
    total = frame[asked.score] if asked.score else base + frame[data.columns.response]
    if asked.better == "higher":
        return frame.assign(responded=is_response(total, base=base, percent=asked.threshold, lower_is_better=False))
    share = (2 * total <= base) if asked.threshold == 50 else (100 * total <= (100 - asked.threshold) * base)
    return frame.assign(responded=share.astype("boolean").where(total.notna() & base.notna(), pd.NA))


def _base(data):
    if not data.columns.covariates:
        raise NotEstimable("Response needs the baseline: name it first by --covariate, or say --without-responders.")
    return data.columns.covariates[0]


def _arms(data):
    names = data.columns
    return {"subject": names.subject, "arm": names.arm, "active": data.active, "reference": data.reference}


def _parts(data):
    return {**_arms(data), "response": data.columns.response}


def _model(data):
    return {"covariates": tuple(data.columns.covariates), "factors": tuple(data.columns.factors)}


def _whole_model(data):
    """The model with the arms that stand beside the two compared."""
    return {**_model(data), "beside": data.beside}
