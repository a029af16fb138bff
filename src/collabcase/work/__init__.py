"""What runs behind: relaying events, and later delivering, reminding, sweeping."""
