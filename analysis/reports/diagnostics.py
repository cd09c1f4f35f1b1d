"""What the primary model makes of the data: its covariance, how its search ended, its residuals (METHODS 6.4, 6.13)."""

from functools import partial

import numpy as np
from scipy.special import ndtri

from analysis.derive import plan
from analysis.papers import residuals as drawing
from analysis.papers.tables import counts, number, p_value
from analysis.reports import made_by, whom
from analysis.reports.comparison import Comparison
from analysis.reports.document import Figure, Number, PValue, Section, Table
from analysis.stats.mmrm import Fit
from analysis.stats.residuals import distances, residuals

TITLE = "The primary model and the data"
FAR = 0.01  # chance of a subject's distance under the model, below which it is named
SHOWN = 2_000  # points of which the numbers are printed


def diagnostics(comparison: Comparison) -> Section:
    """Covariance, convergence and residuals of the primary model."""
    fit = comparison.model
    return Section("diagnostics", TITLE, (_covariance(fit), _search(fit), _residuals(fit), _far(fit)), whom.COUNTED)


def _covariance(fit: Fit) -> Table:
    labels, sigma = plan.labels(), fit.sigma.to_numpy()
    spread = np.sqrt(np.diag(sigma))
    correlation = sigma / np.outer(spread, spread)
    rows = [
        (
            labels[visit],
            *(Number(sigma[at, to], 2) if to <= at else Number(correlation[at, to], 3) for to in range(len(sigma))),
            Number(spread[at], 2),
        )
        for at, visit in enumerate(fit.visits)
    ]
    title = f"Covariance of {plan.primary().label} changes given baseline and arm"
    head = ("", *(labels[visit] for visit in fit.visits), "SD")
    note = "On and below the diagonal variances and covariances, above it correlations."
    table = counts("model_covariance", title, head, rows, notes=(note,))
    return table.by(*made_by.mixed("covariance_table", fit, plan.primary()))


def _search(fit: Fit) -> Table:
    rows = [
        ("Structure of the covariance", fit.covariance.upper()),
        ("Structures that were left before", ", ".join(name.upper() for name, _ in fit.fallback) or "none"),
        ("Covariance parameters", str(fit.n_parameters)),
        ("Subjects; ratings", f"{fit.n_subjects}; {fit.n_observations}"),
        ("−2 restricted log likelihood", number(fit.deviance, 3)),
        ("Converged", "yes" if fit.converged else "no"),
        ("Steps of the search", str(fit.iterations)),
        ("Newton decrement at its end", f"{fit.decrement:.1e}"),
        ("Condition of the Hessian", f"{fit.condition:.1e}"),
    ]
    return counts("model_search", "How the search for the primary model ended", ("", "Value"), rows, notes=fit.warnings)


def _residuals(fit: Fit) -> Figure:
    found, labels = residuals(fit), plan.labels()
    n = len(found)
    quantiles = ndtri((np.arange(1, n + 1) - 0.5) / n)  # as R's qqnorm
    far = int((found["normalised"].abs() > 3).sum())
    says = (
        f"Normalised residuals, {n} in all: against the fitted change, and in their order against normal quantiles. "
        f"{far} lie beyond 3." + (f" Drawn are about {drawing.MARKS:,} of them." if n > drawing.MARKS else "")
    )
    shown = found.head(SHOWN).to_dict("records")
    notes = () if n <= SHOWN else (f"The first {SHOWN} of {n}.",)
    data = counts(
        "residuals_points",
        "Residuals of the primary model, the numbers of the figure",
        ("Subject", "Visit", "Fitted", "Residual", "Normalised"),
        [
            (
                str(one["subject"]),
                labels[one["visit"]],
                *(Number(one[name], 2) for name in ("fitted", "residual", "normalised")),
            )
            for one in shown
        ],
        notes=notes,
    ).by(*made_by.mixed("residuals_table", fit, plan.primary()))
    x = f"Fitted change of {plan.primary().label}"
    parts = (tuple(found["fitted"]), tuple(found["normalised"]), tuple(quantiles))
    return Figure(
        "residuals", "Residuals of the primary model", says, says, partial(drawing.residuals, *parts, x=x), data
    )


def _far(fit: Fit) -> Table | str:
    """Subjects whose course is far from what the model expects."""
    found = distances(fit)
    far = found[found["p"] < FAR].sort_values("p")
    if far.empty:
        return f"No subject's course is so far from the model that its chance is below {p_value(FAR)}."
    rows = [
        (str(one["subject"]), int(one["visits"]), Number(one["distance"], 1), PValue(one["p"]))
        for one in far.to_dict("records")
    ]
    head = ("Subject", "Ratings", "Distance", "Chance")
    note = (
        f"Mahalanobis distance of the residuals, chi-square; of {fit.n_subjects} subjects about "
        f"{fit.n_subjects * FAR:.1f} are expected below {FAR:g}."
    )
    return counts("model_far", "Subjects far from the primary model", head, rows, notes=(note,))
