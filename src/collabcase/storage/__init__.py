"""Where things are kept: interfaces, and the adapters that keep their conditions."""
