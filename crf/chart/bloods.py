"""The laboratory values that eligibility and alerts look at."""

from crf.trials.dcs_trd.rules.bloods import creatinine_mg_per_dl, laboratory_of

__all__ = ["creatinine_mg_per_dl", "laboratory_of"]
