"""What the pages of on-call print, put together from several rows."""
