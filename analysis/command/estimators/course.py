"""Analyses of all visits: the mixed model and the analysis of variance for repeated measures (METHODS 4.3, 6)."""

from __future__ import annotations

import re

import numpy as np

from analysis.command.csvfile import NUMBER
from analysis.command.estimators.asked import Asked
from analysis.command.estimators.robustness import spacing
from analysis.command.longform import LongForm
from analysis.derive.derivations import locf
from analysis.stats import contrasts, lsmeans, terms
from analysis.stats import mmrm as mixed
from analysis.stats.formula import formula
from analysis.stats.frame import singular_is_refused as said
from analysis.stats.repeated_measures import repeated_measures
from analysis.stats.results import Estimate, NotEstimable, Significance


def repeated(data: LongForm, asked: Asked) -> dict:
    """Two-way repeated measures of subjects seen at every visit, and with the last observation carried forward."""
    names = data.columns
    order = list(data.visits[: data.visits.index(asked.at) + 1])
    kept = {
        "subject": names.subject,
        "visit": names.visit,
        "arm": names.arm,
        "response": names.response,
        "active": data.active,
        "reference": data.reference,
        "order": order,
    }
    arms = data.subjects[[names.subject, names.arm]]
    panel = locf(
        data.rows,
        subject=names.subject,
        visit=names.visit,
        values=[names.response],
        order=order,
        subjects=data.subjects[names.subject],
    )
    return {
        "completers": repeated_measures(data.rows_of_everybody, **kept),
        "locf": repeated_measures(panel.frame.merge(arms, on=names.subject), **kept),
    }


def mixed_model(data: LongForm, asked: Asked) -> dict:
    """The mixed model for repeated measures (METHODS 6): differences and means by visit, tests, covariance.

    covariance "fallback" goes along the pre-specified list. Means stand at the observed means of covariates.
    """
    if not asked.fixed:
        raise NotEstimable('The mixed model wants its fixed effects: --fixed "VISIT*ARM + BASVAL*VISIT".')
    names, df, level = data.columns, asked.df, asked.level
    if names.arm not in formula(asked.fixed).variables:
        raise NotEstimable(f"The fixed effects {asked.fixed} do not have the arm, {names.arm}.")
    with said("The mixed model"):
        fit = _fitted(data, asked)
    by = f" by {asked.covariance_by}" if asked.covariance_by else ""
    by += f", weighted by {asked.weights}" if asked.weights else ""
    method = f"MMRM {fit.covariance.upper()}{by}, {asked.likelihood.upper()}, df {df}: {names.response} ~ {asked.fixed}"
    left_out = (f"{fit.left_out} rows without response or covariate",) if fit.left_out else ()
    by_visit = names.visit if names.visit in fit.design.levels else None
    warnings = (*fit.warnings, *spacing(fit.covariance, fit.visits))
    kept = {"n": fit.n_subjects, "left_out": left_out, "warnings": warnings}

    def estimates(frame, label, how=df):
        return tuple(
            Estimate(
                name=label(row),
                estimate=row["estimate"],
                se=row["se"],
                df=row["df"],
                low=row["low"],
                high=row["high"],
                statistic=row["t"],
                p=row["p"],
                method=method.replace(f"df {df}", f"df {how}"),
                converged=fit.converged,
                level=level,
                **kept,
            )
            for row in frame.to_dict("records")
        )

    def by_df(how):
        return lsmeans.difference_by_visit(
            fit, arm=names.arm, active=data.active, reference=data.reference, visit=by_visit, df=how, level=level
        )

    def named(row):
        return f"{row['visit']}: {data.active} - {data.reference}"

    # PROTOCOL 9 and METHODS 6.6: Satterthwaite beside Kenward-Roger; with any structure but UN the sandwich beside.
    beside = [how for how in ("satterthwaite",) if how != df]
    beside += [how for how in ("cr3",) if how != df and fit.covariance != "un"]
    rows, labels = _asked_contrasts(fit, data, asked, by_visit)
    means = lsmeans.lsmeans(fit, factor=names.arm, by=by_visit, df=df, level=level)
    return {
        "differences": estimates(by_df(df), named),
        "beside": {how: estimates(by_df(how), named, how) for how in beside},
        "contrasts": estimates(
            contrasts.contrasts(fit, rows, df=df, level=level, labels={"contrast": labels}), lambda row: row["contrast"]
        )
        if labels
        else (),
        "means": estimates(means, lambda row: f"{row.get(names.visit, 'all visits')}: {row[names.arm]}"),
        "type_three": _terms(terms.type_three(fit, df=df), f"type III F test, df {df}", kept),
        "type_two": _terms(terms.type_two(fit, df=df), f"type II F test, df {df}", kept),
        "joint_tests": tuple(
            _joint(contrasts.joint_test(fit, [term], df=df), term, df, kept)
            for term in fit.design.term_columns()
            if term != "(Intercept)"
        ),
        "deviance": fit.deviance,
        "covariance": {
            "structure": fit.covariance,
            "visits": [", ".join(map(str, label)) if fit.records.groups else label for label in fit.sigma.index],
            "sigma": fit.sigma.to_numpy(),
        },
        "coefficients": dict(zip(fit.names, fit.beta.tolist(), strict=True)),
        "n_subjects": fit.n_subjects,
        "n_observations": fit.n_observations,
        "rows_left_out": fit.left_out,
        "converged": fit.converged,
        "iterations": fit.iterations,
        "decrement": fit.decrement,
        "smallest_eigenvalue": fit.smallest_eigenvalue,
        "condition": fit.condition,
        "history": fit.history,
        "fallback": fit.fallback,
        "warnings": warnings,
        "data_hash": fit.data_hash,
        "versions": fit.versions,
        "method": method,
    }


def _fitted(data, asked):
    names = data.columns
    model = {
        "subject": names.subject,
        "visit": names.visit,
        "response": names.response,
        "fixed": asked.fixed,
        "method": asked.likelihood,
        "visits": data.visits,
        "reference": {names.arm: data.reference},
        "weights": asked.weights,
    }
    if asked.covariance_by:
        if asked.covariance == "fallback":
            raise NotEstimable("--covariance-by wants one --covariance: the fall-back list is for one of all subjects.")
        return mixed.converged(mixed.fit(data.rows, covariance=asked.covariance, group=asked.covariance_by, **model))
    if asked.covariance == "fallback":
        return mixed.fit_with_fallback(data.rows, **model)
    return mixed.converged(mixed.fit(data.rows, covariance=asked.covariance, **model))


def _terms(frame, method, kept) -> tuple[Significance, ...]:
    return tuple(
        Significance(
            name=row["term"],
            statistic=row["f"],
            df=float(row["numerator"]),
            df2=float(row["denominator"]),
            p=row["p"],
            method=method,
            **kept,
        )
        for row in frame.to_dict("records")
    )


def _asked_contrasts(fit, data, asked, by_visit) -> tuple[np.ndarray, list[str]]:
    """Coefficients (k, p) of each --contrast "NAME: 0.5*V5 + 0.5*V6" and its name.

    A name in the sum is a visit, for the difference between arms there, or a coefficient of the model.
    """
    names = data.columns
    rows, labels = [], []
    for text in asked.contrasts:
        label, _, total = text.partition(": ") if ": " in text else (text, "", text)
        row = np.zeros(len(fit.beta))
        signs, terms_of_sum = _pieces(total)
        for sign, term in zip(signs, terms_of_sum, strict=True):
            weight, _, what = (part.strip() for part in term.rpartition("*"))
            if weight and not NUMBER.fullmatch(weight):
                raise NotEstimable(f"--contrast {text}: {weight} is no number. Write it as 0.5*V5 + 0.5*V6.")
            size = sign * float(weight or 1)
            if what in fit.visits:
                cells = [
                    {names.arm: arm, **({by_visit: what} if by_visit else {})} for arm in (data.active, data.reference)
                ]
                upper, lower = lsmeans.lsmeans_rows(fit, cells)
                row += size * (upper - lower)
            elif what in fit.names:
                row[list(fit.names).index(what)] += size
            else:
                raise NotEstimable(
                    f"--contrast {text}: {what} is neither a visit ({', '.join(map(str, fit.visits))}) nor a "
                    f"coefficient ({', '.join(fit.names)})."
                )
        if not row.any():
            raise NotEstimable(f"--contrast {text}: the sum is empty or cancels. Write it as NAME: 0.5*V5 + 0.5*V6.")
        rows.append(row)
        labels.append(label.strip() or total.strip())
    return np.array(rows), labels


def _pieces(total: str) -> tuple[list[float], list[str]]:
    """Signs and terms of a sum; + and - with a space on both sides part its terms, so names may hold them."""
    first, *rest = re.split(r"\s+([+-])\s+", total.strip())
    signs = [-1.0 if first.startswith("-") else 1.0]
    signs += [-1.0 if sign == "-" else 1.0 for sign in rest[::2]]
    return signs, [first.lstrip("+-").strip(), *rest[1::2]]


def _joint(found, term, df, kept):
    return Significance(
        name=term,
        statistic=found.statistic,
        df=float(found.numerator),
        df2=float(found.denominator),
        p=found.p,
        method=f"joint F test of the term's coefficients, df {df}",
        **kept,
    )
