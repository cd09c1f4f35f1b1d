"""The options of `manage.py analyse`: what may be typed, and what is made of it. A refusal is a sentence."""

from __future__ import annotations

import argparse
import textwrap
from dataclasses import fields
from pathlib import Path

from analysis.command.datafile import FORMATS, Reading
from analysis.command.estimators import ESTIMATORS, EXAMPLES, Asked
from analysis.stats.contrasts import METHODS as DF
from analysis.stats.covariance import STRUCTURES
from analysis.stats.imputation.delta import PATTERNS
from analysis.stats.imputation.strategies import STRATEGIES
from analysis.stats.plans import PLANS
from analysis.stats.results import NotEstimable

ABOUT = textwrap.fill(
    "Analyses a file and touches no database. Most methods read long form, one row a subject and visit: by default "
    "ANCOVA at the last visit, observed and with the last observation carried forward, and responders. Others read "
    "another table, as the examples show. Differences are active minus reference. Exit status: 0 done, 2 refused with "
    "a sentence on standard error. DASK_SCHEDULER=tcp://HOST:8786 sends what is drawn or simulated to a Dask cluster; "
    "the numbers are the same.",
    100,
)


DEFAULTS: dict[str, object] = {}  # of every option, by its name in Python


class _Typed:
    """Adds options whose default is kept apart, so that what was typed is known from what was not."""

    def __init__(self, group):
        self.group = group

    def add_argument(self, *names, **how):
        default = how.pop("default", False if how.get("action") == "store_true" else None)
        DEFAULTS[self.group.add_argument(*names, default=argparse.SUPPRESS, **how).dest] = default


def split(given: dict) -> tuple[dict, dict]:
    """What was typed, and every option with its default where it was not."""
    typed = {name: value for name, value in given.items() if name in DEFAULTS}
    whole = {name: list(value) if isinstance(value, list) else value for name, value in DEFAULTS.items()}
    return typed, {**whole, **given}


def add(parser: argparse.ArgumentParser) -> None:
    """All options, by what they are for, and an example of every method."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "examples (manage.py analyse ...):\n\n" + "\n\n".join(
        f"  {name}\n    {EXAMPLES[name]}" for name in ESTIMATORS
    )
    parser.add_argument("file", metavar="FILE", help=f"{FORMATS}, with column names; design: JSON")
    add_to = _Typed(parser).add_argument
    add_to("--method", action="append", choices=ESTIMATORS, help="repeatable; ancova and responders if not said")
    add_to("--json", metavar="OUT", help="write all results at full precision; - is standard output")
    add_to("--csv", metavar="OUT.csv", help="write the table of the one method asked for, at full precision")
    add_to("--level", type=float, default=0.95, metavar="0.95", help="level of intervals; 1 - level is the error")
    add_to("--seed", type=int, default=1, metavar="N", help="of everything drawn; printed")
    add_to("--processes", type=int, default=1, metavar="N", help="local processes for what is drawn or simulated")
    _columns(_Typed(parser.add_argument_group("columns")))
    _models(_Typed(parser.add_argument_group("models and tests")))
    _tables(_Typed(parser.add_argument_group("exposure, safety, populations, derivation")))
    _planning(_Typed(parser.add_argument_group("blinded estimation and design")))


def _columns(group):
    for name, meaning in (
        ("subject", "of the subject"),
        ("visit", "of the visit"),
        ("arm", "of the arm"),
        ("response", "of the response, usually the change from baseline"),
        ("score", "of the score; if not said, covariate + response"),
        ("day", "of the study day: survival, derivation"),
        ("moderator", "of a baseline number: moderation"),
        ("block", "of the randomisation block: rerandomisation, moderation"),
        ("stratum", "within which blocks are told apart, such as the site; strata of survival"),
    ):
        group.add_argument(f"--{name}", metavar="COLUMN", help=f"column {meaning}")
    group.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE,VALUE",
        help="repeatable: only rows with one of the values, such as scale=A",
    )
    group.add_argument(
        "--missing-codes", metavar="=-99,-999", help="values that mean missing; none where there are no such codes"
    )
    group.add_argument("--baseline", metavar="VISIT", help="visit of the file that is the baseline, if none can tell")
    group.add_argument(
        "--wide", default="", metavar="V1=COLUMN,V2=COLUMN", help="one row a subject: the response at each visit"
    )
    group.add_argument("--reference", metavar="ARM", help="the arm that is subtracted")
    group.add_argument(
        "--active",
        metavar="ARM",
        help="the arm compared, where there are more than two; several in their order for ancova, responders, mmrm",
    )
    repeated = {"action": "append", "default": [], "metavar": "COLUMN"}
    group.add_argument("--covariate", **repeated, help="number; the first is the baseline")
    group.add_argument("--factor", **repeated, help="category such as the site")
    group.add_argument("--visits", metavar="A,B,C", help="visits in their order; others are left out")
    group.add_argument("--at", metavar="VISIT", help="visit of endpoint analyses; the last if not said")


def _models(group):
    group.add_argument("--threshold", type=float, default=50.0, metavar="PERCENT", help="fall or rise of a response")
    group.add_argument("--better", choices=["lower", "higher"], default="lower", help="which way a score improves")
    group.add_argument("--without-responders", action="store_true", help="where response has no meaning")
    group.add_argument("--visit-days", metavar="V1=8,V2=15", help="survival: study day of each visit, without --day")
    group.add_argument("--fixed", metavar="FORMULA", help='mmrm, rerandomisation: "VISIT*ARM + BASVAL*VISIT"')
    group.add_argument("--covariance", choices=[*STRUCTURES, "fallback"], default="un", help="structure of the visits")
    group.add_argument("--covariance-by", metavar="COLUMN", help="mmrm: a covariance for each arm, or other category")
    group.add_argument("--weights", metavar="COLUMN", help="mmrm: weight of each record, above 0 (SAS's WEIGHT)")
    group.add_argument("--df", choices=DF, default="kr", help="mmrm: degrees of freedom")
    group.add_argument("--likelihood", choices=["reml", "ml"], default="reml", help="mmrm")
    group.add_argument(
        "--contrast",
        action="append",
        default=[],
        metavar='"NAME: 0.5*V5 + 0.5*V6"',
        help="mmrm, repeatable: sums of differences at visits or of coefficients",
    )
    group.add_argument("--strategies", default=",".join(STRATEGIES), metavar="MAR,J2R", help="imputation, tipping")
    group.add_argument("--draws", type=int, metavar="N", help="permutations; multiple imputations")
    group.add_argument("--samples", type=int, metavar="N", help="imputation: bootstrap samples beside the jackknife")
    group.add_argument("--deltas", default="", metavar="0,1,2", help="tipping: shifts of imputed outcomes, both arms")
    group.add_argument("--pattern", choices=PATTERNS, default="constant", help="tipping: how a shift goes on")
    group.add_argument(
        "--block-size",
        type=int,
        metavar="N",
        help="rerandomisation: unconditional set beside, half of each block active",
    )
    group.add_argument(
        "--list",
        dest="allocation_list",
        metavar="FILE",
        help="rerandomisation: opened list with the columns stratum, block, arm, subject; the unconditional set beside",
    )
    group.add_argument(
        "--profile",
        default="",
        metavar="V5=.5,V6=1",
        help="rerandomisation: effect by visit that the interval of the mixed model shifts; 1 at the visit tested",
    )
    group.add_argument("--refit", action="store_true", help="rerandomisation: also a mixed model for each allocation")


def _tables(group):
    for name, meaning in (
        ("date", "of the rating's date, if no study day"),
        ("day-1", "of the date of day 1"),
        ("first", "of the first study day of a period"),
        ("last", "of its last study day"),
        ("mg", "of mg a day"),
        ("onset", "of the onset, an ISO date in full or in part"),
        ("worsened", "of the worsening's date"),
        ("serious", "yes or no"),
        ("first-dose", "of the date of the first dose"),
        ("last-dose", "of the last dose"),
        ("days-at-risk", "of days at risk; from the dates of dosing if not said"),
    ):
        group.add_argument(f"--{name}", metavar="COLUMN", help=f"column {meaning}")
    group.add_argument("--by", action="append", default=[], metavar="COLUMN", help="safety: term, severity ...")
    group.add_argument("--subjects", metavar="FILE", help="safety: one row a subject, with arm and dates")
    group.add_argument("--doses", metavar="FILE", help="safety: periods of dosing, for the dose at onset")
    group.add_argument("--capsules", metavar="FILE", help="exposure: subject, dispensed, returned, lost, prescribed")
    group.add_argument("--steps", default="", metavar="250,500", help="exposure: doses counted by themselves, mg a day")
    group.add_argument("--planned-mg", type=float, metavar="MG", help="exposure: the whole course as planned")
    group.add_argument("--days-after", type=int, default=14, metavar="N", help="safety: after the last dose")
    group.add_argument("--days-after-serious", type=int, default=30, metavar="N", help="the same for serious events")
    group.add_argument("--windows", default="", metavar="V1:2-11@8", help="derive: visit:first-last@target, by commas")
    group.add_argument("--compliance", default="0.8,1.2", metavar="LOW,HIGH", help="populations: bounds per protocol")


def _planning(group):
    group.add_argument("--analysis", action="append", default=[], choices=PLANS, help="design, repeatable: see METHODS")
    group.add_argument("--trials", type=int, default=1000, metavar="N", help="design: simulated trials")
    group.add_argument("--power", type=float, metavar="0.8", help="design: find the size for it; blinded: to keep it")
    group.add_argument("--planning-effect", type=float, metavar="D", help="blinded: the protocol's, never an estimate")
    group.add_argument("--planned", type=int, metavar="N", help="blinded: the planned number of subjects")
    group.add_argument("--maximum", type=int, metavar="N", help="blinded: the largest number allowed")
    group.add_argument("--retention", type=float, default=1.0, metavar="0.8", help="blinded: share seen at the visit")
    group.add_argument("--adjusted", action="store_true", help="blinded: take the planning effect off the variance")


def asked(options: dict, *, executor, progress) -> Asked:
    """The options as numbers, lists and pairs; NotEstimable says which cannot be."""
    _in_range(options)
    strategies = _listed(options["strategies"])
    if unknown := [one for one in strategies if one not in STRATEGIES]:
        raise NotEstimable(f"--strategies are among {', '.join(STRATEGIES)}, not {unknown[0]}.")
    bounds = _numbers(options["compliance"], "--compliance")
    if len(bounds) != 2 or not 0 <= bounds[0] < bounds[1]:
        raise NotEstimable(f"--compliance is two numbers such as 0.8,1.2, not {options['compliance']}.")
    made = {
        "executor": executor,
        "progress": progress,
        "strategies": strategies,
        "covariates": tuple(options["covariate"]),
        "factors": tuple(options["factor"]),
        "by": tuple(options["by"]),
        "visits": _listed(options["visits"]) if options["visits"] else None,
        "windows": _windows(options["windows"]),
        "visit_days": _pairs(options["visit_days"] or "", "--visit-days"),
        "contrasts": tuple(options["contrast"]),
        "deltas": _numbers(options["deltas"], "--deltas"),
        "profile": _pairs(options["profile"], "--profile"),
        "steps": _numbers(options["steps"], "--steps"),
        "compliance_bounds": bounds,
        "analyses": tuple(options["analysis"]),
        "reading": _reading(options),
    }
    for name in ("allocation_list", "capsules", "subjects", "doses"):
        made[name] = Path(options[name]) if options[name] else None
    return Asked(**made, **{f.name: options[f.name] for f in fields(Asked) if f.name not in made})


def _reading(options) -> Reading:
    where = []
    for text in options["where"]:
        column, sign, values = text.partition("=")
        if not sign or not column.strip():
            raise NotEstimable(f"--where is COLUMN=VALUE such as scale=A, not {text}.")
        where.append((column.strip(), _listed(values) or ("",)))
    missing = options["missing_codes"]
    if missing is not None:
        missing = () if missing.strip().lower() == "none" else _listed(missing)
    wide = []
    for text in _listed(options["wide"]):
        visit, sign, column = text.partition("=")
        if not (sign and visit.strip() and column.strip()):
            raise NotEstimable(f"--wide is a list such as V1=SCORE_1,V2=SCORE_2, not {options['wide']}.")
        wide.append((visit.strip(), column.strip()))
    return Reading(where=tuple(where), missing=missing, wide=tuple(wide), baseline=options["baseline"])


def _in_range(options):
    for name, low, high in (("level", 0, 1), ("power", 0, 1)):
        if options[name] is not None and not low < options[name] < high:
            raise NotEstimable(f"--{name} lies between {low} and {high}, not {options[name]:g}.")
    if options["better"] == "higher":
        if not options["threshold"] > 0:
            raise NotEstimable(f"--threshold lies above 0, not {options['threshold']:g}.")
    elif not 0 < options["threshold"] <= 100:
        raise NotEstimable(f"--threshold lies between 0 and 100, not {options['threshold']:g}.")
    if not 0 < options["retention"] <= 1:
        raise NotEstimable(f"--retention is above 0 and at most 1, not {options['retention']:g}.")
    for name, least in (
        ("draws", 100),
        ("samples", 100),
        ("seed", 0),
        ("processes", 1),
        ("trials", 10),
        ("planned", 4),
        ("maximum", 4),
        ("block_size", 2),
        ("days_after", 0),
        ("days_after_serious", 0),
    ):
        if options[name] is not None and options[name] < least:
            words = f"{least} or more" if least in (0, 1) else f"at least {least}"
            raise NotEstimable(f"--{name.replace('_', '-')} is {words}, not {options[name]}.")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _numbers(text: str, option: str) -> tuple[float, ...]:
    try:
        return tuple(float(one) for one in _listed(text))
    except ValueError:
        raise NotEstimable(f"{option} is a list of numbers such as 0,1,2, not {text}.") from None


def _pairs(text: str, option: str) -> dict[str, float]:
    try:
        return {name.strip(): float(value) for name, value in (one.rsplit("=", 1) for one in _listed(text))}
    except ValueError:
        raise NotEstimable(f"{option} is a list of pairs such as V5=0.5,V6=1, not {text}.") from None


def _windows(text: str) -> tuple[tuple[str, int, int, int], ...]:
    found = []
    for one in _listed(text):
        try:
            name, days = one.split(":")
            inside, target = days.split("@")
            first, last = inside.rsplit("-", 1)
            found.append((name.strip(), int(first), int(last), int(target)))
        except ValueError:
            raise NotEstimable(f"--windows: {one} is not visit:first-last@target such as V1:2-11@8.") from None
    return tuple(found)
