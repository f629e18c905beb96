"""How far the programme is. ``measure`` holds the rules (pure), ``queries`` gets the rows, ``reasons`` the words.

Progress is computed, never stored: API, pages, mails and exports all call ``queries``, so that they can't disagree.
"""
