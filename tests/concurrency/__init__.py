"""Many processes on one database, and processes that are killed."""
