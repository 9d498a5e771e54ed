"""What the pages of on-call need beside Django's tags."""
