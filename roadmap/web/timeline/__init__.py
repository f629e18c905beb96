"""What the timeline's address asks for, and the rows that answer it."""
