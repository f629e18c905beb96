"""The administration: pages over the acts of ``roadmap.editing`` and its neighbours; no rules of its own.

Nothing is imported here: Django reads the class of the site (``roadmap.admin.site``) before any page can register with
it. The pages are gathered in ``roadmap.admin.pages``.
"""
