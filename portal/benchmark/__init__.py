"""`manage.py benchmark`: the figures of docs/performance.md, measured beside their limits in one run.

Everything happens in a throw-away portal with servers of its own: `instance` starts and stops it as `make run` does,
`content` fills it, `load` asks it for pages, `figures` holds the results.
"""
