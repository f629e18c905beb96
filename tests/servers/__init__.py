"""Real servers for the tests: a Redis-compatible one, a mail server, PostgreSQL, and databases for processes."""
