"""Which options each method uses. What a method does not use is refused with a sentence, never ignored."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from analysis.stats.formula import formula
from analysis.stats.results import NotEstimable

OF_ALL = {"method", "json", "csv"}
_FILE = {"where", "missing_codes"}
_LONG = _FILE | {"subject", "visit", "arm", "response", "reference", "active", "visits", "baseline", "wide"}
_MODEL = {"covariate", "factor", "level"}
_DRAWN = {"draws", "seed", "processes"}
USES: dict[str, set[str]] = {
    "ancova": _LONG | _MODEL | {"at"},
    "responders": _LONG | _MODEL | {"at", "threshold", "better", "score", "without_responders"},
    "effects": _LONG | _MODEL | {"at", "better"},
    "moderation": _LONG | _MODEL | {"at", "moderator", "block", "stratum"} | _DRAWN,
    "repeated": _LONG | {"at"},
    "mmrm": _LONG | _MODEL | {"fixed", "covariance", "covariance_by", "weights", "df", "likelihood", "contrast"},
    "rerandomisation": _LONG
    | _MODEL
    | _DRAWN
    | {"at", "block", "stratum", "block_size", "allocation_list", "fixed", "covariance", "profile", "refit"},
    "imputation": _LONG | _MODEL | _DRAWN | {"at", "covariance", "strategies", "samples"},
    "tipping": _LONG | _MODEL | _DRAWN | {"at", "covariance", "strategies", "deltas", "pattern"},
    "survival": _LONG | {"covariate", "score", "threshold", "better", "day", "visit_days", "stratum", "level"},
    "blinded": _FILE
    | _MODEL
    | {"subject", "visit", "response", "visits", "at", "baseline", "fixed", "covariance"}
    | {"arm"}  # which it refuses with a sentence of its own
    | {"planning_effect", "power", "planned", "maximum", "retention", "adjusted"},
    "design": {"analysis", "trials", "seed", "processes", "level", "power"},
    "exposure": _FILE | {"subject", "first", "last", "mg", "steps", "planned_mg", "capsules", "arm", "level"},
    "safety": _FILE
    | {"subject", "onset", "worsened", "serious", "by", "subjects", "arm", "reference", "active", "level"}
    | {"first_dose", "last_dose", "days_at_risk", "days_after", "days_after_serious", "doses", "first", "last", "mg"},
    "populations": _FILE | {"subject", "compliance"},
    "derive": _FILE | {"subject", "score", "windows", "day", "date", "day_1", "arm", "threshold", "better"},
}

# (method, option) -> the options of which one must be given for it to have a use.
ONLY_WITH: dict[tuple[str, str], tuple[str, ...]] = {
    **{("moderation", name): ("block",) for name in ("stratum", "draws", "seed", "processes")},
    **{("rerandomisation", name): ("fixed",) for name in ("covariance", "profile", "refit")},
    ("imputation", "seed"): ("draws", "samples"),
    ("tipping", "seed"): ("draws",),
    ("safety", "days_after_serious"): ("serious",),
    **{
        ("blinded", name): ("planning_effect",)
        for name in ("power", "planned", "maximum", "retention", "adjusted", "level")
    },
    **{("safety", name): ("doses",) for name in ("first", "last", "mg")},
}
# (method, option) -> the option that takes its place.
NOT_BESIDE: dict[tuple[str, str], str] = {
    ("survival", "visit_days"): "day",
    ("derive", "date"): "day",
    ("derive", "day_1"): "day",
}


def spelled(option: str) -> str:
    """The option as typed."""
    return {"allocation_list": "--list"}.get(option, "--" + option.replace("_", "-"))


def refuse_unused(methods: Collection[str], typed: Mapping[str, object]) -> None:
    """NotEstimable for the first option typed that none of the methods uses, or not with the others typed."""
    for option in typed:
        if option in OF_ALL or (option == "without_responders" and "method" not in typed):
            continue
        users = [method for method in methods if option in USES[method]]
        if not users:
            others = [method for method, uses in USES.items() if option in uses]
            raise NotEstimable(
                f"{spelled(option)} has no use in --method {', '.join(methods)}: leave it out. It belongs to "
                f"{', '.join(others)}."
            )
        reasons = [_no_use(method, option, typed) for method in users]
        if all(reasons):
            raise NotEstimable(f"{reasons[0]} Leave {spelled(option)} out.")
    _refuse_terms(methods, typed)


def _no_use(method, option, typed) -> str | None:
    wanted = ONLY_WITH.get((method, option))
    if wanted and not any(name in typed for name in wanted):
        return (
            f"{spelled(option)} has a use in --method {method} only with {' or '.join(spelled(one) for one in wanted)}."
        )
    instead = NOT_BESIDE.get((method, option))
    if instead in typed:
        return f"{spelled(instead)} takes the place of {spelled(option)} in --method {method}."
    return None


def _refuse_terms(methods, typed) -> None:
    """A covariate or factor that stands in no model is refused: --fixed is the whole model of the mixed model."""
    fixed = typed.get("fixed")
    by_formula = {"mmrm"} | ({"blinded"} if fixed else set())
    if fixed and set(methods) <= by_formula:
        terms = formula(str(fixed)).variables
        for option in ("covariate", "factor"):
            for name in typed.get(option, ()):
                if name not in terms:
                    raise NotEstimable(f"{spelled(option)} {name} is not in --fixed: put it there or leave it out.")
    if set(methods) <= {"survival"} and len(typed.get("covariate", ())) > 1:
        raise NotEstimable("--method survival uses one --covariate, the baseline of the response rule: name one.")
