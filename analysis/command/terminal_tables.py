"""What analyses of other tables, of time and of plans print on a terminal; the others are in `terminal_reports.py`."""

from __future__ import annotations

from dataclasses import replace

from analysis.command.terminal import estimates, interval, number, p_value, table, tests, trouble
from analysis.stats.results import Survival

PRINTED_ROWS = 40  # rows of a long table; all are in --csv and --json


def survival(found: dict, at: str) -> list[str]:
    """Medians, the log-rank tests, and the curve of each arm."""
    curves = [found["active"], found["reference"]]
    rows = [
        [c.name, str(c.n), str(c.events), number(c.median, 0), interval(c.median_low, c.median_high, 0)] for c in curves
    ]
    keys = ("log_rank", "log_rank_stratified", "log_rank_at_visits", "log_rank_at_visits_stratified")
    asked = [replace(found[key], name=found[key].method) for key in keys if key in found]
    lines = [
        f"Time to response\n{found['rule']}; {curves[0].method}",
        table(["arm", "n", "responded", "median day", f"{100 * curves[0].level:g}%"], rows),
        "",
        tests(asked, first="test"),
    ]
    notes = dict.fromkeys(note for one in asked for note in one.warnings)
    return ["\n".join([*lines, *trouble(asked[0].left_out, notes)]), *map(_curve, curves)]


def _curve(curve: Survival) -> str:
    rows = [
        [number(day, 0), str(risk), str(events), str(censored), number(share), interval(low, high)]
        for day, risk, events, censored, share, _, low, high in curve.steps
    ]
    return f"{curve.name}: share without response\n" + table(
        ["day", "at risk", "responded", "censored", "share", f"{100 * curve.level:g}%"], rows
    )


def tipping(found: dict, at: str) -> list[str]:
    """The grid of p, the active arm's shift down and the reference arm's across, and where it tips."""
    parts = []
    for one in (grid for strategies in found.values() for grid in strategies.values()):
        rows = [
            [f"{shift:g}", *(p_value(p) for p in row)] for shift, row in zip(one.active, one.p.tolist(), strict=True)
        ]
        tips = ", ".join(
            f"{t:.3f} (reference {r:g})" for t, r in zip(one.tipping, one.reference, strict=True) if t == t
        )
        lines = [
            f"p at visit {one.visit} when imputed outcomes are shifted\n{one.method}; {one.shifted_active} active and "
            f"{one.shifted_reference} reference subjects are shifted",
            table(["active \\ reference", *(f"{shift:g}" for shift in one.reference)], rows),
            f"It tips at a shift of the active arm of {tips}." if tips else "Nothing tips: not significant as it is.",
        ]
        parts.append("\n".join([*lines, *trouble(one.left_out, one.warnings)]))
    return parts


def blinded(found: dict, at: str) -> list[str]:
    """The pooled variance, and the size it asks for."""
    pooled = found["pooled"]
    rows = [[visit, *(number(x, 4) for x in row)] for visit, row in zip(pooled["visits"], pooled["sigma"], strict=True)]
    lines = [
        f"Pooled variance at visit {pooled['visit']}: {pooled['variance']:.4f} (SD {pooled['variance'] ** 0.5:.4f}); "
        f"n = {pooled['n']}\n{pooled['method']}",
        table(["covariance", *pooled["visits"]], rows),
    ]
    parts = ["\n".join([*lines, *trouble((), pooled["warnings"])])]
    if size := found.get("sample_size"):
        lines = [
            f"Sample size: {size.total} ({size.needed} needed); power at the planned size {size.power_at_planned:.3f}",
            f"{size.method}. It rests on a nuisance parameter and the planning effect; it says nothing of the effect.",
        ]
        parts.append("\n".join([*lines, *trouble((), size.warnings)]))
    return parts


def design(found: dict, at: str) -> list[str]:
    """Power and type I error of each analysis, or the size."""
    parts = []
    for one in found.get("sizes", {}).values():
        rows = [[str(size), f"{power:.3f}", f"{error:.3f}"] for size, power, error in one.tried]
        lines = [
            f"{one.total} subjects for power {one.wanted:g}: simulated {one.power:.3f} (error {one.power_error:.3f})",
            one.method,
            table(["subjects", "power", "MC error"], rows),
        ]
        parts.append("\n".join([*lines, *trouble((), one.warnings)]))
    for key, title in (("power", "With the effect of the scenario"), ("type_one_error", "Type I error, no effect")):
        if key not in found:
            continue
        every = list(found[key].values())
        rows = [
            [
                o.analysis,
                f"{100 * o.rejected:.1f} %",
                f"{100 * o.rejected_error:.1f}",
                number(o.bias),
                number(o.sd),
                number(o.mean_se),
                f"{100 * o.coverage:.1f} %" if o.coverage == o.coverage else "-",
                str(o.silent),
            ]
            for o in every
        ]
        head = ["analysis", "rejected", "MC error", "bias", "SD", "mean SE", "coverage", "silent"]
        told = f"{title}; {every[0].trials} trials of {every[0].total} subjects, seed {every[0].seed}"
        notes = dict.fromkeys(note for o in every for note in o.warnings)
        parts.append("\n".join([told, table(head, rows), *trouble((), notes)]))
    return parts


def exposure(found: dict, at: str) -> list[str]:
    """A summary of each measure by arm."""
    rows = [
        [
            measure,
            s.name,
            str(s.n),
            str(s.missing),
            number(s.mean),
            number(s.sd),
            number(s.median),
            number(s.minimum),
            number(s.maximum),
        ]
        for measure, by_arm in found["summary"].items()
        for s in by_arm
    ]
    head = ["measure", "arm", "n", "missing", "mean", "SD", "median", "least", "most"]
    return [f"Exposure, {len(found['subjects'])} subjects\n" + table(head, rows)]


def safety(found: dict, at: str) -> list[str]:
    """Subjects and events by arm, no p-value (METHODS 12)."""
    parts = [
        "\n".join(
            [
                f"{found['emergent']} of {found['events']} events are treatment-emergent, {found['in_doubt']} of them "
                "in doubt because of a date in part. Subjects, events and events per subject-year; no p-values.",
                *trouble((), found["warnings"]),
            ]
        )
    ]
    for by, lines in found["by"].items():
        rows = []
        for line in lines[:PRINTED_ROWS]:
            row = [line.name]
            for counted, events, rate in (
                (line.active, line.active_events, line.active_rate),
                (line.reference, line.reference_events, line.reference_rate),
            ):
                row += [f"{counted.events}/{counted.n}", str(events), number(rate.estimate, 2)]
            d = line.difference
            rows.append([*row, number(100 * d.estimate, 1), interval(100 * d.low, 100 * d.high, 1)])
        active, reference = lines[0].active.name, lines[0].reference.name
        head = [by, active, "events", "rate", reference, "events", "rate", "difference, points", "interval"]
        parts.append(f"By {by}\n" + table(head, rows) + _more(len(lines)))
    return parts


def populations(found: dict, at: str) -> list[str]:
    """How many belong to each set, and who does not."""
    rows = [[one.name, str(one.n), str(len(one.excluded))] for one in found.values()]
    parts = ["Populations\n" + table(["set", "subjects", "outside"], rows)]
    for one in found.values():
        if one.excluded:
            outside = "\n".join(f"{who}: {why}" for who, why in one.excluded[:PRINTED_ROWS])
            parts.append(f"Outside {one.name} ({one.definition})\n{outside}" + _more(len(one.excluded)))
    return parts


def derive(found: dict, at: str) -> list[str]:
    """The derived rows, the first of them."""
    rows = found["rows"]
    head = list(rows[0]) if rows else []
    shown = [[_cell(row[key]) for key in head] for row in rows[:PRINTED_ROWS]]
    title = f"Derived: {len(rows)} rows of {found['n']} subjects"
    return ["\n".join([title, table(head, shown) + _more(len(rows)), *trouble(found["left_out"], ())])]


def _cell(value) -> str:
    if value is None or value != value:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _more(count: int) -> str:
    return f"\n... and {count - PRINTED_ROWS} more; all are in --csv and --json." if count > PRINTED_ROWS else ""


TABLES = {
    "survival": survival,
    "tipping": tipping,
    "blinded": blinded,
    "design": design,
    "exposure": exposure,
    "safety": safety,
    "populations": populations,
    "derive": derive,
}


def imputed(found: dict, at: str) -> str:
    """The bootstrap's rows of an imputation, at the visit."""
    rows = []
    for strategy, one in found.items():
        for estimate, kind in zip(one.at(at), ("percentile", "normal", "information-anchored"), strict=True):
            rows.append(replace(estimate, name=f"{strategy}, bootstrap, {kind}"))
    first = next(iter(found.values()))
    heading = f"Bootstrap, {first.samples} samples, seed {first.seed}"
    return "\n".join([heading, estimates(rows, first="assumption, interval"), *trouble((), first.warnings)])
