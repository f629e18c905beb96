"""The proof by killing: real servers and processes, killed and stopped all the time, and who was told what in the end.

``make chaos`` runs it (``run.py``). ``model.py`` works out from the log of facts what people were to be
told, without the program's own rules.
"""
