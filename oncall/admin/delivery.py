"""What was sent, to look at and to send again."""
