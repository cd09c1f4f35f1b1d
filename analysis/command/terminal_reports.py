"""What each analysis in long form prints on a terminal: `REPORTS`, by the name of the method.

Each takes what its estimator found and the visit, and gives the paragraphs.
"""

from __future__ import annotations

from dataclasses import replace

from analysis.command.terminal import estimates, interval, number, p_value, said_p, table, tests, trouble
from analysis.command.terminal_tables import TABLES, imputed
from analysis.stats.results import Ancova, Responders


def ancova(found: dict, at: str) -> list[str]:
    """Observed cases and last observation carried forward."""
    last = found["locf"]
    sources = ", ".join(f"{visit} ({count})" for visit, count in found["locf_carried_from"].items())
    carried = f"{found['locf_carried_forward']} of {last.n} values were carried forward"
    carried += f", from visit {sources}." if sources else "."
    if found["baseline_visits"]:
        carried += f" The baseline ({', '.join(found['baseline_visits'])}) is no visit and is never carried."
    return [
        _ancova(f"ANCOVA at visit {at}, observed cases", found["observed_case"]),
        _ancova(f"ANCOVA at visit {at}, last observation carried forward", last) + "\n" + carried,
    ]


def _ancova(title: str, result: Ancova) -> str:
    heading = f"{title}\n{result.method}; n = {result.n} ({result.n_active} + {result.n_reference})"
    robust = replace(result.robust, name=result.robust.name + " (HC3)")
    means = [replace(mean, name=f"mean {mean.name}") for mean in result.means]
    body = estimates([result.contrast, robust, *means], first="difference")
    return "\n".join([heading, body, *trouble(result.left_out, result.warnings)])


def responders(found: dict, at: str) -> list[str]:
    """In full with missing as non-response; observed cases and LOCF in short; adjusted and by factor."""
    parts = [_responders(f"Response at visit {at}, missing is non-response", found["non_response"])]
    for key, title in (("observed_case", "observed cases"), ("locf", "last observation carried forward")):
        parts.append(_in_short(f"Response at visit {at}, {title}", found[key]))
    title = "Adjusted risk difference, missing is non-response"
    if isinstance(found["adjusted"], dict):
        parts.append(f"{title}\nNone: {found['adjusted']['refused']}")
    else:
        parts.append(f"{title}\n{found['adjusted'].method}\n" + estimates([found["adjusted"]], first="difference"))
    for key, strata in found.items():
        if key.startswith("by_"):
            lines = [f"Response by {key[3:]}, missing is non-response", tests([strata["cmh"]])]
            lines.append(estimates([strata["difference"], strata["odds_ratio"]], first="common"))
            parts.append("\n".join([*lines, *trouble(strata["left_out"], ())]))
    return parts


def _responders(title: str, result: Responders) -> str:
    counts = [
        [c.name, str(c.events), str(c.n), f"{100 * c.proportion:.1f} %", interval(100 * c.low, 100 * c.high, 1)]
        for c in (result.active, result.reference)
    ]
    shares = [[d.name, number(100 * d.estimate, 1), interval(100 * d.low, 100 * d.high, 1)] for d in result.differences]
    ratio = [[r.name, number(r.estimate, 2), interval(r.low, r.high, 2)] for r in result.ratios]
    exact = [[t.name, number(t.statistic), p_value(t.p)] for t in result.tests]
    level = f"{100 * result.difference.level:g}%"
    imputed = result.active.missing + result.reference.missing
    said = [f"{imputed} subjects without a value count as non-responders."] if imputed else []
    return "\n".join(
        [
            f"{title}\n{result.rule}; {result.method}",
            table(["arm", "events", "n", "share", level], counts),
            "",
            table(["risk difference, points", "estimate", level], shares),
            result.needed_to_treat.text,
            "",
            table(["test", "statistic", "p"], exact),
            "",
            table(["ratio", "estimate", level], ratio),
            *said,
            *trouble(result.left_out, result.warnings),
        ]
    )


def _in_short(title: str, result: Responders) -> str:
    counts = ", ".join(f"{c.name} {c.events}/{c.n}" for c in (result.active, result.reference))
    d = result.difference
    return (
        f"{title}\n{counts}; risk difference {number(100 * d.estimate, 1)} points "
        f"({d.name} {interval(100 * d.low, 100 * d.high, 1)}), {result.primary.name} {said_p(result.primary.p)}"
    )


def effects(found: dict, at: str) -> list[str]:
    """Effect sizes in one table."""
    return [f"Effect sizes at visit {at}, observed cases\n" + estimates(list(found.values()), first="effect size")]


def moderation(found: dict, at: str) -> list[str]:
    """The interaction, where the effect differs from 0, and the permutation p."""
    fit = found["fit"]
    robust = replace(fit.robust, name=fit.robust.name + " (HC3)")
    lines = [
        f"Moderation at visit {at} (exploratory)\n{fit.method}; n = {fit.n}",
        estimates([fit.interaction, robust, fit.effect_at_mean], first="coefficient"),
    ]
    for key, title in (
        ("none", "each value by itself"),
        ("fdr", "false discovery rate held"),
        ("scheffe", "all values at once"),
    ):
        region = found[f"johnson_neyman_{key}"]
        lines.append(f"The effect differs from 0 {region.significant} ({title}).")
        lines += [f"Note: {note}" for note in region.warnings if note not in fit.warnings]
    if "permutation" in found:
        lines.append(f"{found['permutation'].method}: {said_p(found['permutation'].p)}.")
    return ["\n".join([*lines, *trouble(fit.left_out, fit.warnings)])]


def repeated(found: dict, at: str) -> list[str]:
    """The F tests with their corrections."""
    parts = []
    for key, title in (("completers", "subjects with every visit"), ("locf", "last observation carried forward")):
        r = found[key]
        corrected = [
            replace(one, name=f"{one.name}, {how}")
            for one, how in (
                (r.visit_gg, "Greenhouse-Geisser"),
                (r.visit_hf, "Huynh-Feldt"),
                (r.interaction_gg, "Greenhouse-Geisser"),
                (r.interaction_hf, "Huynh-Feldt"),
            )
        ]
        lines = [
            f"Repeated measures to visit {at}, {title}; n = {r.n}",
            tests([r.arm, r.visit, r.interaction, *corrected], places=1),
            f"epsilon: Greenhouse-Geisser {r.epsilon_gg:.4f}, Huynh-Feldt {r.epsilon_hf:.4f}; "
            f"Mauchly W = {number(r.mauchly.statistic, 4)}, {said_p(r.mauchly.p)}",
        ]
        parts.append("\n".join([*lines, *trouble(r.left_out, r.warnings)]))
    return parts


def mmrm(found: dict, at: str) -> list[str]:
    """Differences and means by visit, tests, covariance, how the search went."""
    visits, sigma = found["covariance"]["visits"], found["covariance"]["sigma"]
    rows = [[str(v), *(number(x, 4) for x in row)] for v, row in zip(visits, sigma, strict=True)]
    state = "converged" if found["converged"] else "DID NOT CONVERGE"
    return [
        "\n".join(
            [
                f"Mixed model for repeated measures\n{found['method']}",
                f"{found['n_subjects']} subjects, {found['n_observations']} observations; {state} in "
                f"{found['iterations']} iterations; deviance {found['deviance']:.5f}",
                "",
                estimates(list(found["differences"]), first="difference"),
                *(line for how, rows in found["beside"].items() for line in ("", estimates(list(rows), first=how))),
                *(("", estimates(list(found["contrasts"]), first="contrast")) if found["contrasts"] else ()),
                "",
                estimates(list(found["means"]), first="mean"),
                "",
                tests(list(found["type_three"]), first="type III"),
                "",
                table(["covariance", *map(str, visits)], rows),
                *trouble((), found["warnings"]),
            ]
        )
    ]


def rerandomisation(found: dict, at: str) -> list[str]:
    """One line for each statistic, for the conditional set and for the unconditional one."""
    beside = found.get("unconditional")
    found = {key: one for key, one in found.items() if key != "unconditional"}
    parts = [_rerandomisation(f"Re-randomisation at visit {at}", found)]
    return [*parts, _rerandomisation("The same over the unconditional set", beside)] if beside else parts


def _rerandomisation(title: str, found: dict) -> str:
    rows = [
        [r.name, number(r.estimate), interval(r.low, r.high), number(r.statistic), p_value(r.p), number(r.p_error, 4)]
        for r in found.values()
    ]
    lines = [
        title,
        table(["statistic", "estimate", "interval", "value", "p", "MC error"], rows),
        *(f"{r.name}: {r.method}." for r in found.values()),
    ]
    notes = [note for r in found.values() for note in r.warnings]
    return "\n".join([*lines, *trouble((), dict.fromkeys(notes))])


def imputation(found: dict, at: str) -> list[str]:
    """At the visit, each assumption with its standard errors."""
    results = []
    for strategy, one in found["conditional_mean"].items():
        for estimate, error in zip(one.at(at), ("frequentist", "information-anchored"), strict=True):
            results.append(replace(estimate, name=f"{strategy}, {error}"))
    for strategy, one in found.get("multiple_imputation", {}).items():
        results.append(replace(one.at(at), name=f"{strategy}, {one.draws} draws, Rubin"))
    first = next(iter(found["conditional_mean"].values()))
    lines = [f"Imputation at visit {at}; n = {first.n}", estimates(results, first="assumption, standard error")]
    lines += [f"{strategy}: {one.assumption}." for strategy, one in found["conditional_mean"].items()]
    if "multiple_imputation" not in found:
        lines.append("Multiple imputation stands beside it where --draws N is given.")
    parts = ["\n".join([*lines, first.explanation, *trouble(first.left_out, first.warnings)])]
    return [*parts, imputed(found["bootstrap"], at)] if "bootstrap" in found else parts


def each_arm(report):
    """The paragraphs of each comparison under its heading, where there are more than two arms."""

    def by_arm(found: dict, at: str) -> list[str]:
        if "arms" not in found:
            return report(found, at)
        return [part for arm, one in found["arms"].items() for part in (f"== {arm} ==", *report(one, at))]

    return by_arm


REPORTS = {
    "ancova": each_arm(ancova),
    "responders": each_arm(responders),
    "effects": effects,
    "moderation": moderation,
    "repeated": repeated,
    "mmrm": each_arm(mmrm),
    "rerandomisation": rerandomisation,
    "imputation": imputation,
    **TABLES,
}
