"""The nouns: frozen values and pure decisions, free of storage, clocks and the outside."""
