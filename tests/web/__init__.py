"""The web example in a real browser: several people, several windows, as they work."""
