"""Runs the whole program on one machine with one command, and its tests. No domain rules live here.

``bootstrap`` (standard library only, any Python 3) makes the environment; the rest runs inside it.
"""
