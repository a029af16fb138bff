"""Who may see what and do what: pure, and the only place where it is decided."""
