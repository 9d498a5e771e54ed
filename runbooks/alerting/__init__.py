"""Files of alerting rules, read. Pure."""
