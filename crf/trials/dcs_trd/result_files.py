"""Files of results that this trial's laboratories send in, beside those that every trial has (XFR-01)."""

from crf.spec.result_files import SAMPLES, Sample, Specification, column_of, subject_column, unit_column
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.forms.glycine import Glycine

GLYCINE = Specification(
    "glycine-results",
    "1.0",
    "Serum glycine",
    SAMPLES,
    (
        column_of(Glycine, "accession", "Accession number of the sample"),
        subject_column(f"{protocol.SITES[0].code}-001"),
        column_of(Glycine, "drawn_on", "Date drawn"),
        column_of(Glycine, "result", "Serum glycine in umol/L"),
        unit_column("Unit of the result", "umol/L"),
        column_of(Glycine, "analysed_on", "Date of the analysis"),
        column_of(Glycine, "arrived_frozen", "Did the sample arrive frozen?", required=False),
    ),
    form=Glycine.code,
    sample=Sample(fills=("result", "analysed_on", "arrived_frozen"), not_taken=("taken", "N")),
)

IMPORTS = (GLYCINE,)
