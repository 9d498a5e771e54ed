"""The arithmetic of what keeps runbooks true: stages of reminders, spreading, freshness, periods, streaks. Pure."""
