"""What the portal's own templates need beside Django's tags."""
