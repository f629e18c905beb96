"""Pages of one's own, for whoever is signed in: their digests, reminders and watches."""
