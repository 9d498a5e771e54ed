"""What the pages of reviews print: the queue, one runbook's review, the answer to a message, a person's own."""
