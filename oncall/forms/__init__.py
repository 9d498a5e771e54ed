"""Forms of on-call."""
