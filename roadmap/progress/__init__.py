"""How far the programme is. ``measure`` holds the rules (pure), ``facts`` gets the rows, ``reasons`` the words.

Progress is computed, never stored: API, pages, mails and exports all call ``facts`` for milestones and ``summary`` for
sums, so that they can't disagree.
"""
