"""`manage.py analyse FILE ...`: the estimators on any data set. It touches no database."""

from __future__ import annotations

import json
import os
import platform
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy
import pandas
import scipy
from django.core.management.base import BaseCommand

from analysis.command import longform, options, progress
from analysis.command.estimators import ESTIMATORS, KINDS, READERS, SEVERAL_ARMS, Asked
from analysis.command.estimators.tabular import table_of
from analysis.command.estimators.uses import refuse_unused
from analysis.command.terminal_reports import REPORTS
from analysis.stats.executor import executor_from_environment
from analysis.stats.formula import formula
from analysis.stats.mmrm import NotConverged
from analysis.stats.results import NotEstimable, plain

REFUSALS = (longform.Unreadable, NotEstimable)
LONG = ("subject", "visit", "arm", "response", "reference")


class Command(BaseCommand):
    """Reads, runs, prints and writes; a refusal is one sentence on stderr and exit status 2."""

    help = options.ABOUT
    requires_system_checks: list = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        options.add(parser)

    def handle(self, **given):
        """Run, or refuse with a sentence."""
        typed, given = options.split(given)
        try:
            data, found, at = analyse(given, sys.stderr, typed)
            document = {"data": described(data, given, at), "program": versions(), **plain(found)}
            if given["csv"]:
                ((method, one),) = found.items()
                write(Path(given["csv"]), table_of(method, one).to_csv(index=False))
            if given["json"] == "-":
                self.stdout.write(as_json(document))
                return
            if given["json"]:
                write(Path(given["json"]), as_json(document))
        except REFUSALS as refusal:
            way_out = " That is --covariance fallback." if isinstance(refusal, NotConverged) and _one(given) else ""
            self.stderr.write(str(refusal) + way_out)
            sys.exit(2)
        files = " and ".join(given[name] for name in ("json", "csv") if given[name])
        written = f"\n\nWritten at full precision: {files}" if files else ""
        try:
            self.stdout.write(as_text(data, found, at) + written)
            self.stdout.flush()
        except BrokenPipeError:  # the reader, such as `head`, has seen enough; what is left must not complain at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _one(given: dict) -> bool:
    return given["covariance"] != "fallback"


def analyse(given: dict, screen, typed: dict) -> tuple:
    """Read the file and run the methods asked for: the data, what was found, and the visit of endpoint analyses."""
    methods = _methods(given)
    refuse_unused(methods, typed)
    kind = KINDS.get(methods[0], "long")
    with executor_from_environment(processes=max(1, given["processes"])) as executor:
        told = progress.on(screen)
        asked = options.asked(given, executor=executor, progress=told)
        if kind != "long":
            data = READERS[kind](Path(given["file"]), asked)
        else:
            data = _long_form(given, methods, asked)
            given["at"] = given["at"] or data.visits[-1]
            if given["at"] not in data.visits:
                raise NotEstimable(f"There is no visit {given['at']}; the visits are {', '.join(data.visits)}.")
            asked = options.asked(given, executor=executor, progress=told)
        return data, {name: ESTIMATORS[name](data, asked) for name in methods}, given["at"]


def _methods(given) -> list[str]:
    methods = list(dict.fromkeys(given["method"] or ["ancova", "responders"]))
    if given["without_responders"]:
        methods = [name for name in methods if name != "responders"]
    if not methods:
        raise NotEstimable("Nothing is left to do without responders: name another --method.")
    kinds = {KINDS.get(name, "long form") for name in methods}
    if len(kinds) > 1:
        raise NotEstimable(
            f"The methods {', '.join(methods)} read different files ({', '.join(sorted(kinds))}): run them one by one."
        )
    if given["csv"] and len(methods) > 1:
        raise NotEstimable(f"--csv writes the table of one method; {len(methods)} are asked for. Name one --method.")
    return methods


def _long_form(given, methods, asked: Asked) -> longform.LongForm:
    if asked.reading.wide:  # the file has neither column: they are made, and need a name
        given["visit"], given["response"] = given["visit"] or "visit", given["response"] or "response"
        asked = replace(asked, visit=given["visit"], response=given["response"])
    for method in methods:
        asked.need(method, *LONG)
    return longform.read(
        Path(given["file"]),
        columns(given),
        reference=given["reference"],
        active=given["active"],
        visits=asked.visits,
        reading=asked.reading,
        several=set(methods) <= set(SEVERAL_ARMS),
    )


def columns(given: dict) -> longform.Columns:
    """Which column plays which part, as said by the options."""
    named = {given[part] for part in ("subject", "visit", "arm", "response", "score", "day", "weights")}
    groups = [given[part] for part in ("block", "stratum", "covariance_by") if given[part]]
    groups = tuple(name for name in dict.fromkeys(groups) if name not in (given["arm"], *given["factor"]))
    named |= {*given["covariate"], *given["factor"], *groups, given["moderator"]}
    terms = formula(given["fixed"]).variables if given["fixed"] else ()
    return longform.Columns(
        subject=given["subject"],
        visit=given["visit"],
        arm=given["arm"],
        response=given["response"],
        covariates=tuple(given["covariate"]),
        factors=tuple(given["factor"]),
        numbers=tuple(given[part] for part in ("score", "day", "weights") if given[part]),
        others=tuple(name for name in terms if name not in named),
        moderators=(given["moderator"],) if given["moderator"] else (),
        groups=groups,
    )


def described(data, given: dict, at: str | None) -> dict:
    """What was analysed, for the head of the JSON."""
    if not isinstance(data, longform.LongForm):
        return {**data.described, "level": given["level"], "seed": given["seed"]}
    return {
        "file": data.name,
        "sha256": data.sha256,
        "subjects": len(data.subjects),
        "rows": len(data.rows),
        "visits": list(data.visits),
        "at": at,
        "active": data.active,
        "reference": data.reference,
        "difference": f"{' or '.join(data.actives)} minus {data.reference}",
        "actives": list(data.actives),
        "response": data.columns.response,
        "covariates": list(data.columns.covariates),
        "factors": list(data.columns.factors),
        "level": given["level"],
        "seed": given["seed"],
        "baseline_visits": list(data.baseline),
        "notes": [*data.notes, *data.caution],
    }


def versions() -> dict:
    """The programs that made the numbers."""
    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "pandas": pandas.__version__,
    }


def as_json(document: dict) -> str:
    """Floats in their shortest form that reads back to the same bits."""
    return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def write(path: Path, text: str) -> None:
    """The whole file or none of it."""
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)
    except OSError as trouble:
        draft.unlink(missing_ok=True)
        raise longform.Unreadable(f"{path} cannot be written: {trouble.strerror}.") from None


def as_text(data, found: dict, at: str | None) -> str:
    """What a person reads."""
    parts = [data.heading]
    for name, one in found.items():
        parts += REPORTS[name](one, at)
    return "\n".join(wrapped(line) for line in "\n\n".join(parts).split("\n"))


def wrapped(line: str) -> str:
    """A sentence broken at 100 columns; a row of a table as it is."""
    return line if "  " in line.strip() else "\n".join(textwrap.wrap(line, 100)) or line
