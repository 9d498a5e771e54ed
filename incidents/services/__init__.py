"""Every change to incidents: one atomic function each, used by pages, admin, hooks, API, commands and tasks alike.

Each locks the incident (or the run) first, checks, writes, records it in the timeline and returns. What it refuses it
raises as one of `incidents.errors`, whose text can be shown.
"""
