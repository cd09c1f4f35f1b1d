"""`manage.py analyse` on files as people have them: formats, baseline rows, filters, codes of missing values."""

import io
import re
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from analysis.command import datafile, longform
from analysis.command.datafile import Reading, read_cells
from analysis.papers import spreadsheet
from analysis.stats.mmrm import fit
from tests import made_up
from tests.stats.analysed import document, refused, run
from tests.stats.own_file import PARTS, VISITS, people

OWN = people()
MODEL = [*PARTS, "--covariate", "BASE"]


def saved(folder, frame, name="own.csv", **how):
    path = folder / name
    frame.to_csv(path, index=False, **how)
    return path


# -- baseline rows (F-703) -------------------------------------------------------------------------------------------


@pytest.mark.finding("F-703")
@pytest.mark.parametrize("method", ["ancova", "responders", "effects", "repeated", "imputation", "survival", "mmrm"])
def test_rows_of_the_baseline_move_no_number(tmp_path, method):
    """The same with the rows of the baseline and without them; nobody's baseline is carried forward."""
    options = ["--method", method, *(PARTS if method == "repeated" else MODEL)]
    options += {"survival": ["--visit-days", "W1=8,W2=15,W4=29"], "mmrm": ["--fixed", "VISIT*ARM + BASE"]}.get(
        method, []
    )
    # One subject has nothing else than its baseline row: it stays known, by a row without a response.
    bare = OWN[OWN["VISIT"] != "BL"]
    alone = OWN[OWN["SUBJ"] == "S03"].assign(VISIT="W1", CHG=None, SCORE=None, DAY=None)
    bare = pd.concat([bare, alone], ignore_index=True).sort_values("SUBJ", kind="stable")
    within = document(saved(tmp_path, OWN), *options)
    without = document(saved(tmp_path, bare, "bare.csv"), *options)
    for found in (within, without):
        found[method].pop("data_hash", None), found[method].pop("baseline_visits", None)
        found[method].pop("rows_left_out", None)
    if method == "mmrm":
        text = re.sub(r'"\d+ rows without', '"rows without', str(within[method])), str(without[method])
        assert within[method]["differences"][0]["p"] == without[method]["differences"][0]["p"], text
        assert within[method]["covariance"] == without[method]["covariance"]
    else:
        assert within[method] == without[method]
    assert within["data"]["visits"] == list(VISITS)
    assert within["data"]["baseline_visits"] == ["BL"]


@pytest.mark.finding("F-703")
def test_what_is_said_of_the_baseline_and_of_what_was_carried_is_true(tmp_path):
    text = run(saved(tmp_path, OWN), "--method", "ancova", *MODEL)
    assert "Note: Visit BL is the baseline (CHG is 0 in each of its 24 rows): no visit of the analysis" in text
    assert "2 of 23 values were carried forward, from visit W2 (2). The baseline (BL) is no visit and is never" in text


@pytest.mark.finding("F-703")
@pytest.mark.parametrize(
    ("change", "options", "told"),
    [
        (
            lambda own: own.assign(VISIT=own["VISIT"].replace("BL", "first")),
            [],
            "Visit first is the baseline (CHG is 0",
        ),
        (lambda own: own.assign(CHG=own["SCORE"]), [], "Visit BL is the baseline (CHG is BASE in each"),
        (lambda own: own.assign(CHG=own["CHG"].where(own["VISIT"] != "BL")), [], "CHG is missing in each of its rows"),
        (
            lambda own: own.assign(
                CHG=own["CHG"].where(own["VISIT"] != "BL", 1), VISIT=own["VISIT"].replace("BL", "x")
            ),
            ["--baseline", "x"],
            "Visit x is the baseline (as said by --baseline)",
        ),
    ],
)
def test_a_baseline_is_told_by_its_values_its_name_or_its_owner(tmp_path, change, options, told):
    assert told in run(saved(tmp_path, change(OWN)), "--method", "ancova", *MODEL, *options).replace("\n", " ")


@pytest.mark.finding("F-703")
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--visits", "BL,W1,W2,W4"], "Visit BL is the baseline"),
        (["--baseline", "W9"], "--baseline: there is no visit W9"),
        (["--visits", "BL"], "is the baseline, and there is no other visit"),
    ],
)
def test_a_baseline_asked_for_as_a_visit_is_refused(tmp_path, options, sentence):
    said = refused(saved(tmp_path, OWN), "--method", "ancova", *MODEL, *options)
    assert sentence in said or "so it is no visit of the analysis" in said


@pytest.mark.finding("F-703")
def test_a_visit_that_is_only_called_like_a_baseline_is_asked_about(tmp_path):
    odd = OWN.assign(CHG=OWN["CHG"].where(OWN["VISIT"] != "BL", OWN["AGE"]))
    path = saved(tmp_path, odd)
    said = refused(path, "--method", "ancova", *MODEL)
    assert said.startswith("column VISIT: visit BL looks like the baseline, but CHG is not 0 there. Say --baseline BL")
    assert "--visits BL,W1,W2,W4" in said
    assert document(path, "--method", "ancova", *MODEL, "--visits", "BL,W1,W2,W4")["data"]["visits"][0] == "BL"


@pytest.mark.finding("F-703")
def test_blinded_estimation_knows_the_baseline_too(tmp_path):
    options = ["--method", "blinded", "--subject", "SUBJ", "--visit", "VISIT", "--response", "CHG"]
    found = document(saved(tmp_path, OWN), *options)["blinded"]["pooled"]
    bare = document(saved(tmp_path, OWN[OWN["VISIT"] != "BL"], "bare.csv"), *options)["blinded"]["pooled"]
    assert (found["variance"], found["visits"]) == (bare["variance"], list(VISITS))
    assert found["warnings"][0].startswith("Visit BL is the baseline")


# -- no number of a fit that did not converge (F-702) ----------------------------------------------------------------


def hopeless(folder):
    """Six subjects with six visits: the unstructured likelihood has no maximum."""
    import numpy as np

    random = np.random.default_rng(1)
    rows = [
        {"s": i, "v": v, "arm": "AB"[i % 2], "y": round(float(y), 3)}
        for i in range(6)
        for v, y in enumerate(random.normal(size=6).cumsum(), start=1)
    ]
    frame = pd.DataFrame(rows)
    try:
        found = fit(frame, subject="s", visit="v", response="y", fixed="C(v)", covariance="un", method="reml")
        assert not found.converged
    except ValueError:
        pass
    return saved(folder, frame)


@pytest.mark.finding("F-702")
def test_the_blinded_variance_is_never_that_of_a_fit_that_did_not_converge(tmp_path):
    path = hopeless(tmp_path)
    options = ["--method", "blinded", "--subject", "s", "--visit", "v", "--response", "y"]
    options += ["--planning-effect", "1", "--power", "0.8", "--planned", "10", "--maximum", "400"]
    assert "Take a" in refused(path, *options)
    found = document(path, *options, "--covariance", "fallback")["blinded"]
    assert found["pooled"]["converged"] is True
    assert any("was used because UN" in note for note in found["pooled"]["warnings"])
    assert found["sample_size"]["variance"] == found["pooled"]["variance"]


@pytest.mark.finding("F-702")
@pytest.mark.parametrize(
    ("method", "more"),
    [("imputation", []), ("tipping", ["--deltas", "0,1"]), ("rerandomisation", ["--block", "b", "--fixed", "v*arm"])],
)
def test_the_fall_back_list_is_used_wherever_it_is_asked_for(tmp_path, method, more):
    frame = pd.read_csv(hopeless(tmp_path)).assign(b=1)
    path = saved(tmp_path, frame[~((frame["s"] == 2) & (frame["v"] > 4))])
    options = [
        "--method",
        method,
        "--subject",
        "s",
        "--visit",
        "v",
        "--arm",
        "arm",
        "--reference",
        "B",
        "--response",
        "y",
    ]
    assert refused(path, *options, *more).endswith((".", ")"))
    text = run(path, *options, *more, "--covariance", "fallback").replace("\n", " ")
    assert re.search(r"(TOEPH|ANTE1H|AR1H|CSH|AR1|CS) was used because UN", text)


# -- derive (F-704) --------------------------------------------------------------------------------------------------


@pytest.mark.finding("F-704")
def test_who_has_a_baseline_and_no_later_rating_has_rows_and_a_sentence(tmp_path):
    rated = pd.concat([OWN, pd.DataFrame([{"SUBJ": "S99", "ARM": "DRUG", "DAY": 70, "SCORE": 20}])])
    options = ["--method", "derive", "--subject", "SUBJ", "--score", "SCORE", "--day", "DAY", "--arm", "ARM"]
    found = document(saved(tmp_path, rated), *options, "--windows", "W1:2-11@8,W2:12-18@15,W4:20-35@29")["derive"]
    own = [row for row in found["rows"] if row["SUBJ"] == "S03"]
    assert [(row["visit"], row["SCORE"], row["ARM"]) for row in own] == [(visit, None, "DRUG") for visit in VISITS]
    assert own[0]["base"] == OWN.loc[OWN["SUBJ"] == "S03", "BASE"].iloc[0]
    assert "S03: a baseline and no later rating in a window; its rows have none" in found["left_out"]
    assert {"S99: no baseline", "S99: no rating in a window; it has no rows"} <= set(found["left_out"])
    known = {row["SUBJ"] for row in found["rows"]} | {line.split(":")[0] for line in found["left_out"]}
    assert known == set(rated["SUBJ"])


# -- the never rated (F-708) -----------------------------------------------------------------------------------------


@pytest.mark.finding("F-708")
def test_the_never_rated_stay_in_reference_based_imputation(tmp_path):
    """Complete data but for k of n active subjects, no covariate: MAR is the observed difference, J2R (n - k)/n of it.

    With every visit of the others seen the model is the mean by arm and visit; who was never seen gets the own arm's
    mean or the reference's, so the mean of the active arm is known in closed form.
    """
    own = OWN[~OWN["SUBJ"].isin(["S07", "S12"])]
    last = own[own["VISIT"] == "W4"].groupby("ARM")["CHG"]
    gap = last.mean()["DRUG"] - last.mean()["PLACEBO"]
    seen = last.count()["DRUG"]
    strategies = document(saved(tmp_path, own), "--method", "imputation", *PARTS)["imputation"]["conditional_mean"]
    found = {name: one["frequentist"][2]["estimate"] for name, one in strategies.items()}
    assert strategies["MAR"]["n"] == own["SUBJ"].nunique()
    assert found["MAR"] == pytest.approx(gap, rel=1e-9)
    for name in ("J2R", "CR", "CIR"):
        assert found[name] == pytest.approx(gap * seen / (seen + 1), rel=1e-9)
    drawn = ["--method", "imputation", *PARTS, "--strategies", "J2R", "--draws", "1000"]
    by_draws = document(saved(tmp_path, own), *drawn)["imputation"]["multiple_imputation"]["J2R"]
    error = (by_draws["pooled"]["between"][2] / 1000) ** 0.5 if "between" in by_draws["pooled"] else 0.1
    assert by_draws["estimates"][2]["estimate"] == pytest.approx(found["J2R"], abs=max(5 * error, 0.05))


@pytest.mark.finding("F-708")
def test_a_shift_of_the_never_rated_tips(tmp_path):
    own = OWN[~OWN["SUBJ"].isin(["S07", "S12"])]
    options = ["--method", "tipping", *PARTS, "--strategies", "MAR", "--deltas", "0,1"]
    found = document(saved(tmp_path, own), *options)["tipping"]["conditional_mean"]["MAR"]
    n_active = own.loc[own["ARM"] == "DRUG", "SUBJ"].nunique()
    assert (found["shifted_active"], found["shifted_reference"]) == (1, 0)
    assert found["estimate"][1][0] - found["estimate"][0][0] == pytest.approx(1 / n_active, rel=1e-9)
    assert found["tipping"][0] not in ("inf", None)


# -- what is printed and asked about (F-710) -------------------------------------------------------------------------


@pytest.mark.finding("F-710")
def test_no_p_is_0_no_zero_has_a_sign_and_no_interval_is_between_dashes():
    from analysis.command.terminal import interval, number, p_value, said_p

    assert [p_value(p) for p in (0.0, 1e-300, 0.00009, 0.0001, 0.5, float("nan"))] == [
        "<0.0001",
        "<0.0001",
        "<0.0001",
        "0.0001",
        "0.5000",
        "-",
    ]
    assert [number(-0.0004), number(-0.0005001), number(float("-inf")), number(float("nan"))] == [
        "0.000",
        "-0.001",
        "-inf",
        "-",
    ]
    assert (interval(float("nan"), float("nan")), interval(-0.0001, float("inf"))) == ("-", "0.000 to inf")
    assert (said_p(0.0), said_p(0.04)) == ("p < 0.0001", "p = 0.0400")


@pytest.mark.finding("F-710")
@pytest.mark.parametrize("code", [-99, -999, 999, 9999])
def test_a_code_of_missing_is_asked_about_and_then_read_as_missing(tmp_path, code):
    coded = OWN.copy()
    gone = coded.index[coded["VISIT"] == "W4"][:2]
    coded.loc[gone, "CHG"] = code
    path = saved(tmp_path, coded)
    said = refused(path, "--method", "ancova", *MODEL)
    assert f"column CHG: {code} stands in 2 row(s), first in line {gone[0] + 2}, far from every other value" in said
    assert f"--missing-codes={code}" in said
    found = document(path, "--method", "ancova", *MODEL, f"--missing-codes={code}")
    coded.loc[gone, "CHG"] = None
    expected = document(saved(tmp_path, coded, "empty.csv"), "--method", "ancova", *MODEL)
    assert found["ancova"] == expected["ancova"]
    assert found["data"]["notes"][0] == f"Read as missing: {code} (2 cells)."
    assert document(path, "--method", "ancova", *MODEL, "--missing-codes", "none")["ancova"] != expected["ancova"]


EXPOSURE = ["--method", "exposure", "--subject", "SUBJ", "--mg", "SCORE", "--steps", "250", "--planned-mg", "100"]
IMPUTED = ["imputation", "tipping"]
UNSEEN = "Nobody on DRUG was ever seen: nothing tells how an outcome there is imputed."


def _one_value(frame, value):
    return frame.astype({"CHG": object}).assign(CHG=lambda own: own["CHG"].where(own.index != 10, value))


@pytest.mark.finding("F-710")
@pytest.mark.parametrize(
    ("change", "methods", "sentence"),
    [
        (lambda own: _one_value(own, "n/a"), ["ancova"], "'n/a' is not a number. If it means missing, say --missing-c"),
        (lambda own: _one_value(own, "5-6"), ["mmrm"], "column CHG: '5-6' is not a number."),
        (lambda own: _one_value(own, "inf"), ["repeated"], "line 12, column CHG: 'inf' is not a number."),
        (lambda own: _one_value(own, "1e308"), ["repeated", "mmrm"], "line 12, column CHG: '1e308' is too large."),
        (lambda own: own[(own["ARM"] != "DRUG") | (own["VISIT"] == "BL")], IMPUTED, UNSEEN),
        (lambda own: own[(own["ARM"] != "DRUG") | (own["VISIT"] == "BL")], ["mmrm"], "ARM has one level only, PLACEBO"),
    ],
)
def test_odd_cells_and_empty_arms_are_refused_by_every_method_in_words_that_say_what_to_do(
    tmp_path, change, methods, sentence
):
    path = saved(tmp_path, change(OWN))
    for method in methods:
        more = {"mmrm": ["--fixed", "VISIT*ARM + BASE"], "tipping": ["--deltas", "0,1"]}.get(method, [])
        assert sentence in refused(path, "--method", method, *(PARTS if method == "repeated" else MODEL), *more)


@pytest.mark.finding("F-710")
def test_a_word_for_missing_is_read_as_missing_and_one_column_may_be_first_and_last_day(tmp_path):
    worded = saved(tmp_path, _one_value(OWN, "n/a"))
    empty = saved(tmp_path, _one_value(OWN, None), "empty.csv")
    found = document(worded, "--method", "ancova", *MODEL, "--missing-codes", "n/a")["ancova"]
    assert found == document(empty, "--method", "ancova", *MODEL)["ancova"]
    own = saved(tmp_path, OWN, "own.csv")
    assert document(own, *EXPOSURE, "--first", "DAY", "--last", "DAY")["exposure"]


@pytest.mark.finding("F-710")
def test_a_value_among_its_like_is_not_asked_about(tmp_path):
    assert document(saved(tmp_path, OWN.assign(CHG=OWN["CHG"] * 11)), "--method", "ancova", *MODEL)["ancova"]


@pytest.mark.finding("F-710")
def test_four_subjects_come_with_a_caution(tmp_path):
    few = OWN[OWN["SUBJ"].isin(["S00", "S01", "S04", "S05"])]
    text = run(saved(tmp_path, few), "--method", "ancova", *PARTS)
    assert "Caution: 2 of DRUG and 2 of PLACEBO have an outcome." in text
    assert "Caution" not in run(saved(tmp_path, OWN), "--method", "ancova", *PARTS)


@pytest.mark.finding("F-710")
def test_visits_called_by_their_date_are_taken_in_the_order_of_dates(tmp_path):
    dates = {"W1": "2026-10-01", "W2": "2026-09-01", "W4": "2027-01-05"}
    dated = OWN[OWN["VISIT"] != "BL"].assign(VISIT=lambda frame: frame["VISIT"].map(dates))
    found = document(saved(tmp_path, dated), "--method", "ancova", *MODEL)["data"]
    assert (found["visits"], found["notes"]) == (["2026-09-01", "2026-10-01", "2027-01-05"], [])


# -- formats (F-713) -------------------------------------------------------------------------------------------------


def typed_frame():
    return OWN.assign(SITE=OWN["SITE"].replace({"A": "Köln", "B": "Zürich"}), HALF=OWN["SCORE"] / 2)


def in_format(folder, kind):
    import pyreadstat

    frame, path = typed_frame(), folder / f"own.{kind}"
    if kind == "xlsx":
        frame.to_excel(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    elif kind == "sav":
        pyreadstat.write_sav(frame, str(path))
    elif kind == "dta":
        pyreadstat.write_dta(frame, str(path))
    elif kind == "xpt":
        pyreadstat.write_xport(frame, str(path), file_format_version=5)
    else:
        how = {
            "semicolon": {"sep": ";", "decimal": ","},
            "tab": {"sep": "\t"},
            "bar": {"sep": "|"},
            "cp1252": {"encoding": "cp1252"},
            "utf16": {"encoding": "utf-16"},
            "utf16le": {"encoding": "utf-16-le"},
            "bom": {"encoding": "utf-8-sig"},
            "german": {"sep": ";", "decimal": ",", "encoding": "cp1252"},
        }[kind]
        frame.to_csv(path, index=False, **how)
    return path


KINDS = "xlsx parquet sav dta xpt semicolon tab bar cp1252 utf16 utf16le bom german".split()
SAID = {
    "xlsx": "Sheet Sheet1 of the workbook is read.",
    "parquet": "The file is read as Parquet.",
    "sav": "The file is read as SAV.",
    "dta": "The file is read as DTA.",
    "xpt": "The file is read as XPT.",
    "semicolon": "Columns are separated by semicolons.",
    "tab": "Columns are separated by tabs.",
    "bar": "Columns are separated by bars.",
    "cp1252": "The text is read as Windows-1252.",
    "utf16": "The text is read as UTF-16.",
    "utf16le": "The text is read as UTF-16.",
    "german": "Numbers have a decimal comma.",
}


@pytest.mark.finding("F-713")
@pytest.mark.parametrize("kind", KINDS)
def test_every_format_gives_the_same_numbers_and_says_what_it_is(tmp_path, kind):
    options = ["--method", "ancova", *PARTS, "--covariate", "HALF", "--factor", "SITE"]
    frame = typed_frame()
    frame["HALF"] = frame.groupby("SUBJ")["HALF"].transform("first")
    plain = document(saved(tmp_path, frame, "plain.csv"), *options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "typed_frame", lambda: frame)
        found = document(in_format(tmp_path, kind), *options)
    assert found["ancova"] == plain["ancova"]
    if kind in SAID:
        assert SAID[kind] in found["data"]["notes"]


@pytest.mark.finding("F-713")
def test_sas7bdat_is_known_by_its_bytes():
    """No program but SAS writes it: what is read stands with pyreadstat, here only that it is told from text."""
    assert datafile.kind_of(bytes(12) + datafile.SAS7BDAT + bytes(300)) == "SAS7BDAT"


@pytest.mark.finding("F-713")
def test_labels_of_codes_are_read_for_arms_and_said(tmp_path):
    import pyreadstat

    path = tmp_path / "own.sav"
    coded = OWN.assign(ARM=OWN["ARM"].map({"PLACEBO": 0, "DRUG": 1}))
    pyreadstat.write_sav(coded, str(path), variable_value_labels={"ARM": {0: "PLACEBO", 1: "DRUG"}})
    found = document(path, "--method", "ancova", *MODEL)
    assert found["ancova"] == document(saved(tmp_path, OWN), "--method", "ancova", *MODEL)["ancova"]
    assert "Column ARM is read by its labels: 0 = PLACEBO, 1 = DRUG." in found["data"]["notes"]
    by_code = [word if word != "PLACEBO" else "0" for word in MODEL]
    assert document(path, "--method", "ancova", *by_code)["data"]["reference"] == "0"


@pytest.mark.finding("F-713")
def test_wide_form_is_long_form(tmp_path):
    changes = OWN[OWN["VISIT"] != "BL"].pivot(index="SUBJ", columns="VISIT", values="CHG").add_prefix("CHG_")
    own = OWN.drop_duplicates("SUBJ").set_index("SUBJ")[["ARM", "BASE", "SITE"]].join(changes).reset_index()
    options = [
        "--method",
        "ancova",
        "--subject",
        "SUBJ",
        "--arm",
        "ARM",
        "--reference",
        "PLACEBO",
        "--covariate",
        "BASE",
    ]
    wide = ["--wide", "W1=CHG_W1,W2=CHG_W2,W4=CHG_W4"]
    found = document(saved(tmp_path, own, "wide.csv"), *options, *wide, "--response", "CHG")["ancova"]
    long = document(saved(tmp_path, OWN), *options, "--visit", "VISIT", "--response", "CHG")["ancova"]
    for key in ("contrast", "n", "residual_sd"):
        for which in ("observed_case", "locf"):
            assert found[which][key] == long[which][key]
    assert "there is no column CHG_9" in refused(tmp_path / "wide.csv", *options, "--wide", "W1=CHG_9")
    assert "has a second row" in refused(saved(tmp_path, OWN), *options, "--wide", "W1=CHG,W2=SCORE")


def workbook(folder, rows, name="book.xlsx", sheets=1):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for _ in range(sheets - 1):
        book.create_sheet()
    book.save(folder / name)
    return folder / name


@pytest.mark.finding("F-713")
@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda f: workbook(f, [["a", "b"], [1, 2, 3]]), "line 2: a cell stands beyond the last column name"),
        (lambda f: workbook(f, [["a", "a"], [1, 2]]), "two columns are called a"),
        (lambda f: workbook(f, [[None, None], [1, 2]]), "the column names stand in the first row"),
        (lambda f: workbook(f, [["a", "b"]]), "a header and no rows"),
        (lambda f: _zip(f), "is an archive and no workbook"),
        (lambda f: _bytes(f, b"PK\x03\x04 and no more"), "is damaged"),
        (lambda f: _bytes(f, b"PAR1 and no more"), "is damaged"),
        (lambda f: _bytes(f, b"$FL2 and no more"), "is damaged, or no SAV file"),
        (lambda f: _bytes(f, b"<stata_dta> and no more"), "is damaged, or no DTA file"),
        (lambda f: _bytes(f, b"HEADER RECORD*******"), "is damaged, or no XPT file"),
        (lambda f: _bytes(f, b"\xd0\xcf\x11\xe0 and no more"), "workbook of the old kind (.xls)"),
        (lambda f: _bytes(f, b"\xff\xfea\0b"), "marked as UTF-16 and is not"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(tmp_path, make, sentence):
    with pytest.raises(longform.Unreadable) as refusal:
        read_cells(make(tmp_path), Reading())
    assert sentence in str(refusal.value)


def _zip(folder):
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    return folder / "x.zip"


def _bytes(folder, raw):
    (folder / "x.bin").write_bytes(raw)
    return folder / "x.bin"


@pytest.mark.finding("F-713")
def test_rows_and_cells_are_bounded_before_they_are_gone_through(tmp_path, monkeypatch):
    monkeypatch.setattr(datafile, "ROWS", 20)
    for kind in ("xlsx", "parquet", "sav", "dta", "xpt"):
        with pytest.raises(
            longform.Unreadable, match=r"rows and 10 columns are more than the 20 rows|more than the 20"
        ):
            read_cells(in_format(tmp_path, kind), Reading())
    monkeypatch.setattr(datafile, "LARGEST_FILE", 10, raising=False)


@pytest.mark.finding("F-713")
def test_dates_and_whole_numbers_of_a_workbook_are_as_one_would_type_them(tmp_path):
    from datetime import date, datetime

    rows = [["d", "t", "n", "x", "b"], [date(2026, 3, 9), datetime(2026, 3, 9, 8, 30), 12.0, 0.1, True], [None] * 5]
    found = read_cells(workbook(tmp_path, rows, sheets=2), Reading())
    assert found.rows == [(2, {"d": "2026-03-09", "t": "2026-03-09 08:30:00", "n": "12", "x": "0.1", "b": "true"})]
    assert found.notes == ("Sheet Sheet of the workbook is read.", "The sheets Sheet1 are not looked at.")


# -- the product's own data set (F-712) ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report():
    """The final report of the made-up trial, with the sections that the test reads."""
    made = made_up.final_report()
    return replace(made, sections=tuple(one for one in made.sections if one.key == "beside"))


@pytest.mark.finding("F-712")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_product_s_own_data_set_gives_the_report_s_number(tmp_path, report, form):
    """Several scores in one file and the baseline among the visits: the ANCOVA of the report from the download."""
    if form == "csv":
        path = tmp_path / "set.csv"
        path.write_bytes(spreadsheet.csv(report.data, marks=report.marks))
    else:
        path = tmp_path / "set.xlsx"
        book = openpyxl.load_workbook(io.BytesIO(spreadsheet.xlsx(report)))
        for name in book.sheetnames:
            if name != "data":
                del book[name]
        book.save(path)
    options = ["--subject", "subject", "--visit", "visit", "--arm", "arm", "--reference", "PLC", "--response", "change"]
    options[7] = next(arm for arm in report.data.frame["arm"].unique() if arm != "DCS")
    options += ["--covariate", "base", "--method", "ancova"]
    said = refused(path, *options)
    assert "The rows differ in score (HAMD-21" in said and "--where score=HAMD-21" in said
    found = document(path, *options, "--where", "score=HAMD-21", "--where", "in_primary=Y")
    printed = next(one for one in report.tables if one.key == "ancova")
    row = dict(zip(printed.head, next(row for row in printed.rows if row[0] == "HAMD-21, observed"), strict=True))
    assert found["ancova"]["observed_case"]["contrast"]["estimate"] == pytest.approx(row["Estimate"].value, rel=1e-12)
    assert found["ancova"]["observed_case"]["contrast"]["p"] == pytest.approx(row["p"].value, rel=1e-9)
    assert found["data"]["baseline_visits"] == ["BL"]
    assert "no row has score = HAMD" in refused(path, *options, "--where", "score=HAMD")


# -- marks of thousands (F-401) --------------------------------------------------------------------------------------


@pytest.mark.finding("F-401")
@pytest.mark.parametrize("text", ["1,250", "1.250,5", "1 250", "1'250", "١٢٥٠"])
def test_no_mark_of_thousands_is_guessed(tmp_path, text):
    """In text with semicolons, with commas, and in a text cell of a workbook."""
    frame = OWN.astype({"CHG": object})
    frame.loc[frame.index[5], "CHG"] = text
    book = tmp_path / "own.xlsx"
    frame.to_excel(book, index=False)
    for path in (saved(tmp_path, frame, "a.csv"), saved(tmp_path, frame, "b.csv", sep=";"), book):
        said = refused(path, "--method", "ancova", *MODEL)
        assert text in said and "CHG" in said, said


@pytest.mark.finding("F-401")
def test_a_comma_that_can_be_either_is_read_where_its_column_says_which(tmp_path):
    path = tmp_path / "commas.csv"
    path.write_text("id;dose;other\na;1,250;1,250\nb;12,5;2,125\n")
    found = read_cells(path, Reading())
    assert [(row["dose"], row["other"]) for _, row in found.rows] == [("1.250", "1,250"), ("12.5", "2,125")]
