"""The example content: a small company that does not exist, loaded into a new portal and removable in one go."""
