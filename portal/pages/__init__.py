"""Pages that put together what the apps below know: the front page, services, health."""
