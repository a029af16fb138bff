"""The event log, its cursor, and the signals made of it."""
