"""The chain over the history: sealing its records, verifying all of it, and the head that is kept elsewhere.

What it promises, and what it can't, is said in ``docs/decisions``. Doors and the timetable come here.
"""
