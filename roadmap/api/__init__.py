"""The REST API, a thin door: it reads requests, calls ``roadmap.editing`` and ``roadmap.progress``, and writes answers.

One file per concern; ``urls.py`` is the map. ``docs/api.md`` tells its users how to build on it.
"""
