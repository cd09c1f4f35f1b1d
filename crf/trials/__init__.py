"""The trials: a folder each. The engine reaches them through crf/trial.py alone."""
