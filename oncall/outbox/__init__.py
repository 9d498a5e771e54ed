"""The outbox: writing what has to be told, claiming it, sending it."""
