"""Project wiring: settings, URLs, the Celery application. No domain rules live here; those are in ``roadmap``."""
