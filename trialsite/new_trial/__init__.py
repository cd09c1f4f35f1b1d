"""What `manage.py start_trial` writes: a definition that runs at once. NEW_CODE is replaced by the trial's code."""
