"""Pages of on-call: fetch, form, service, respond."""
