"""The only writers of the plan: one verb per act, keyword-only, ``by=`` the actor, each in one transaction.

Admin, API, imports and commands all come through here, so that every change is checked, recorded with its author,
and withdraws the mail that is no longer true.
"""
