"""Verbs: each checks sight and rights, asks the model for the decision, and saves it."""
