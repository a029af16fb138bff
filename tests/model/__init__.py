"""The pure values and decisions of the model."""
