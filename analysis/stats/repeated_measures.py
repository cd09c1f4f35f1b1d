"""The two-way analysis of variance for repeated measures, as the paper has it (METHODS 4.3).

Arm between subjects, visit within; complete rows only. Greenhouse and Geisser's and Huynh and Feldt's corrections.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import linalg, special

from analysis.stats.frame import require, two_arms
from analysis.stats.results import NAN, NotEstimable, RepeatedMeasures, Significance


def repeated_measures(
    scores: pd.DataFrame, *, subject: str, visit: str, arm: str, response: str, active: str, reference: str, order: list
) -> RepeatedMeasures:
    """F tests of arm, visit and arm x visit with the visit tests corrected for sphericity (METHODS 4.3).

    scores is long; subjects without a response at each visit of order are left out. Sums of squares are of type III:
    arms weigh equally in the visit effect. Huynh and Feldt's epsilon is Lecoutre's (1991) for two groups, at most 1.
    """
    wide, arms, left_out = _wide(scores, subject, visit, arm, response, order)
    two_arms(arms.to_frame(), arm, active=active, reference=reference)
    is_active = (arms == active).to_numpy()
    n, visits = wide.shape
    if visits < 2:
        raise NotEstimable("Repeated measures want two visits at least.")
    df_error = n - 2
    within = visits - 1
    if df_error < within:
        raise NotEstimable(f"{n} complete subjects are too few for {visits} visits.")
    spread = 1 / is_active.sum() + 1 / (~is_active).sum()
    basis = linalg.helmert(visits).T
    residuals = wide - np.where(is_active[:, None], wide[is_active].mean(0), wide[~is_active].mean(0))
    gap = wide[is_active].mean(0) - wide[~is_active].mean(0)
    middle = (wide[is_active].mean(0) + wide[~is_active].mean(0)) / 2
    error = basis.T @ residuals.T @ residuals @ basis
    ss = {
        "arm": gap.sum() ** 2 / visits / spread,
        "error between": (residuals.sum(1) ** 2).sum() / visits,
        "visit": ((basis.T @ middle) ** 2).sum() / (spread / 4),
        "arm x visit": ((basis.T @ gap) ** 2).sum() / spread,
        "error within": np.trace(error),
    }
    dfs = {
        "arm": 1,
        "error between": df_error,
        "visit": within,
        "arm x visit": within,
        "error within": df_error * within,
    }
    if ss["error within"] <= 1e-12 * max(ss["visit"], ss["arm x visit"], 1e-300) or ss["error between"] <= 0:
        raise NotEstimable("The subjects do not differ within the arms: there is no error to test against.")
    gg, hf = _epsilons(error, df_error, within)
    notes = ()
    kept = {"n": n, "left_out": left_out}

    def test(name, source, residual, epsilon, method):
        df, df2 = dfs[source] * epsilon, dfs[residual] * epsilon
        statistic = float((ss[source] / dfs[source]) / (ss[residual] / dfs[residual]))
        p = float(special.fdtrc(df, df2, statistic))
        return Significance(name=name, statistic=statistic, df=df, df2=df2, p=p, method=method, **kept)

    plain, corrected = "repeated-measures ANOVA", "repeated-measures ANOVA, {} epsilon {:.4f}"
    greenhouse, huynh = corrected.format("Greenhouse-Geisser", gg), corrected.format("Huynh-Feldt", hf)
    return RepeatedMeasures(
        arm=test("arm", "arm", "error between", 1.0, plain),
        visit=test("visit", "visit", "error within", 1.0, plain),
        interaction=test("arm x visit", "arm x visit", "error within", 1.0, plain),
        epsilon_gg=gg,
        epsilon_hf=hf,
        mauchly=_mauchly(error, df_error, within, kept),
        visit_gg=test("visit", "visit", "error within", gg, greenhouse),
        visit_hf=test("visit", "visit", "error within", hf, huynh),
        interaction_gg=test("arm x visit", "arm x visit", "error within", gg, greenhouse),
        interaction_hf=test("arm x visit", "arm x visit", "error within", hf, huynh),
        sums_of_squares=tuple((name, float(value), float(dfs[name])) for name, value in ss.items()),
        n=n,
        left_out=left_out,
        method=plain,
        warnings=notes,
    )


def _wide(scores, subject, visit, arm, response, order):
    require(scores, [subject, visit, arm, response])
    scores = scores[scores[visit].isin(order)]
    if scores.duplicated([subject, visit]).any():
        twice = scores[scores.duplicated([subject, visit])].iloc[0]
        raise NotEstimable(f"Subject {twice[subject]} has more than one row at visit {twice[visit]}.")
    wide = scores.pivot(index=subject, columns=visit, values=response).reindex(columns=order).sort_index()
    arms = scores.groupby(subject)[arm].first().reindex(wide.index)
    absent = wide.isna()
    incomplete = absent.any(axis=1)
    left_out = tuple(
        f"{who}: no {response} at {', '.join(str(v) for v in order if row[v])}"
        for who, row in absent[incomplete].iterrows()
    )
    if incomplete.all():
        raise NotEstimable("No subject was seen at each visit.")
    return wide[~incomplete].to_numpy(float), arms[~incomplete], left_out


def _epsilons(error, df_error, within):
    gg = float(np.trace(error) ** 2 / (within * (error * error).sum()))
    below = within * (df_error - within * gg)
    hf = ((df_error + 1) * within * gg - 2) / below if below > 0 else 1.0
    return gg, float(min(1.0, max(gg, hf)))


def _mauchly(error, df_error, within, kept):
    """Mauchly's W and its chi-square, first order (Anderson 1958)."""
    if within < 2:
        return Significance(
            name="Mauchly",
            statistic=NAN,
            df=NAN,
            df2=NAN,
            p=NAN,
            method="Mauchly's test of sphericity",
            warnings=("Two visits are always spherical.",),
            **kept,
        )
    log_w = np.linalg.slogdet(error)[1] - within * np.log(np.trace(error) / within)
    df = within * (within + 1) / 2 - 1
    shrink = df_error - (2 * within**2 + within + 2) / (6 * within)
    return Significance(
        name="Mauchly",
        statistic=float(np.exp(log_w)),
        df=df,
        df2=NAN,
        p=float(special.chdtrc(df, -shrink * log_w)),
        method="Mauchly's test of sphericity, W",
        **kept,
    )
