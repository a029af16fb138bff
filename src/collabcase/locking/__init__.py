"""Who holds the pen: windows, leases and what may happen to them, as tables without a database."""
