"""The inbox that `python examples/web` serves."""
