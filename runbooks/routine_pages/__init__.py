"""Pages of routine tasks, put together: what is due, one task's history, panels for other pages."""
