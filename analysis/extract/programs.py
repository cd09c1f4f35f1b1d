"""Programs that read what goes out: for R and Python from CSV, for SAS from the transport files, with every label."""

from collections.abc import Sequence

from analysis.extract.sets import Column, Holds, Shape

_ABOUT = "Reads every data set of this folder, with types and labels. Made with the data; run it in this folder."


def in_r(shapes: Sequence[Shape]) -> str:
    """Base R; no package is needed. Codes become factors beside the columns that hold them, as NAME_label."""
    lines = [f"# {_ABOUT}", 'texts <- function(x) { x <- sub("^\'([=+@\\t\\r-])", "\\\\1", x); x[x == ""] <- NA; x }']
    lines += ["numbers <- function(x) as.numeric(x)", 'days <- function(x) as.Date(x, format = "%Y-%m-%d")', ""]
    for shape in shapes:
        lines.append(f"# {shape.title}")
        lines.append(
            f'{shape.name} <- read.csv("csv/{shape.name}.csv", colClasses = "character", na.strings = "", '
            'encoding = "UTF-8", check.names = FALSE)'
        )
        for one in shape.columns:
            at = f"{shape.name}[[{_r(one.name)}]]"
            convert = {Holds.DATE: "days", Holds.WHOLE: "numbers", Holds.NUMBER: "numbers"}.get(one.holds, "texts")
            lines.append(f"{at} <- {convert}({at})")
            if one.codes:
                levels = ", ".join(_r(str(code)) for code, _ in one.codes)
                labels = ", ".join(_r(str(label)) for _, label in _distinct(one))
                lines.append(
                    f"{shape.name}[[{_r(one.name + '_label')}]] <- "
                    f"factor(as.character({at}), levels = c({levels}), labels = c({labels}))"
                )
            lines.append(f'attr({at}, "label") <- {_r(one.titled)}')
        lines.append("")
    return "\n".join(lines) + "\n"


def in_python(shapes: Sequence[Shape]) -> str:
    """pandas; `read()` gives a dict of frames, and LABELS and CODES what their columns mean."""
    kinds = {shape.name: {one.name: one.holds.name for one in shape.columns} for shape in shapes}
    labels = {shape.name: {one.name: one.titled for one in shape.columns} for shape in shapes}
    codes = {shape.name: {one.name: dict(one.codes) for one in shape.columns if one.codes} for shape in shapes}
    return "\n".join(
        [
            f'"""{_ABOUT}"""',
            "",
            "from pathlib import Path",
            "",
            "import pandas as pd",
            "",
            f"KINDS = {_written(kinds)}",
            f"LABELS = {_written(labels)}",
            f"CODES = {_written(codes)}",
            "HERE = Path(__file__).resolve().parent",
            "",
            "",
            "def read():",
            '    """Every data set as a frame, by name."""',
            "    return {name: _frame(name) for name in KINDS}",
            "",
            "",
            "def _frame(name):",
            '    frame = pd.read_csv(HERE / "csv" / f"{name}.csv", dtype=str, keep_default_na=False, na_values=[""])',
            "    for column, kind in KINDS[name].items():",
            '        if kind == "DATE":',
            '            frame[column] = pd.to_datetime(frame[column], format="%Y-%m-%d")',
            '        elif kind == "WHOLE":',
            '            frame[column] = frame[column].astype("Int64")',
            '        elif kind == "NUMBER":',
            '            frame[column] = frame[column].astype("float64")',
            "        else:  # the apostrophe before what a spreadsheet would calculate",
            '            frame[column] = frame[column].str.replace(r"^\'(?=[=+\\-@\\t\\r])", "", regex=True)',
            '        frame[column].attrs["label"] = LABELS[name][column]',
            "    return frame",
            "",
            "",
            'if __name__ == "__main__":',
            "    for name, frame in read().items():",
            '        print(f"{name}: {len(frame)} rows, {len(frame.columns)} columns")',
            "",
        ]
    )


def in_sas(shapes: Sequence[Shape]) -> str:
    """SAS 9.4 or later in a UTF-8 session: copies the transport files into WORK and hangs the codes' labels on."""
    lines = [
        f"/* {_ABOUT}",
        "   Say first where it is: %let here = /path/of/this/folder; */",
        "options validvarname=v7;",
    ]
    lines += ['%macro take(name); libname xpt xport "&here/xpt/&name..xpt" access=readonly;']
    lines += ["  proc copy in=xpt out=work; run; libname xpt clear; %mend;", "", "proc format;"]
    formats: dict[tuple, str] = {}
    for shape in shapes:
        for one in shape.columns:
            if one.codes and one.codes not in formats:
                dollar = "" if one.holds is Holds.WHOLE else "$"
                formats[one.codes] = f"{dollar}c{len(formats) + 1}f"
                pairs = " ".join(f"{_sas(code) if dollar else code}={_sas(str(label))}" for code, label in one.codes)
                lines.append(f"  value {formats[one.codes]} {pairs};")
    lines += ["run;", ""]
    for shape in shapes:
        lines.append(f"%take({shape.short.lower()})  /* {shape.title.replace('*/', '')} */")
        lines.append(f"proc datasets lib=work nolist; modify {shape.short};")
        lines.append(f"  label {' '.join(f'{one.short}={_sas(one.titled[:256])}' for one in shape.columns)};")
        if hung := [f"{one.short} {formats[one.codes]}." for one in shape.columns if one.codes]:
            lines.append(f"  format {' '.join(hung)};")
        lines += ["quit;", ""]
    return "\n".join(lines) + "\n"


def _distinct(column: Column) -> list[tuple]:
    """R wants levels with different labels: where two are the same the code is said too."""
    labels = [str(label) for _, label in column.codes]
    return [(code, f"{code} {label}" if labels.count(str(label)) > 1 else label) for code, label in column.codes]


def _r(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _sas(text) -> str:
    return "'" + str(text).replace("'", "''").replace("\n", " ") + "'"


def _written(told: dict) -> str:
    lines = ["{"]
    for name, own in told.items():
        lines.append(f"    {name!r}: {{")
        lines += [f"        {key!r}: {value!r}," for key, value in own.items()]
        lines.append("    },")
    return "\n".join([*lines, "}"])
