"""What `llada eval` is made of: problems, settings, the run, the table."""
