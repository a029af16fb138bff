"""Properties held over every public call and over random histories."""
