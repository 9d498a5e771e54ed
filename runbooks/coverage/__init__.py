"""Coverage: which service has what a runbook must hold, and which alerts lead somewhere."""
