"""The states of laboratory values, of samples and of the rows of a file, as pages show them."""

from crf.chart.states import State

FLAGS = {
    "LOW": State("Low", "low", "warn"),
    "HIGH": State("High", "high", "warn"),
    "NORMAL": State("Normal", "complete", "ok"),
}

#: What becomes of a row of a file, by the name of its outcome (crf/actions/import_rows.py).
OUTCOMES = {
    "NEW": State("New", "complete", "ok"),
    "CHANGED": State("Changed", "incomplete", "doing"),
    "SAME": State("As on record", "none"),
    "REFUSED": State("Refused", "failed", "bad"),
}

LEVEL_WANTED = State("Wanted", "due", "doing")
LEVEL_ENTERED = State("Entered", "complete", "ok")
LEVEL_TOLD = State("Site told", "complete", "ok")
MESSAGE_TO_READ = State("To be read", "due", "doing")
MESSAGE_READ = State("Read", "complete", "ok")
LEVEL_VOIDED = State("Voided", "failed", "bad")

TO_JUDGE = State("Not judged", "overdue", "warn")
JUDGED = {"Y": State("Judged significant", "alert", "warn"), "N": State("Judged not significant", "complete", "ok")}
