"""The forms of this trial: every module declares one or a small family, and is found by itself."""
