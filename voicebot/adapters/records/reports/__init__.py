"""What the reports read: the database counts, and only what is listed is opened."""
