"""The resources: each viewset names its rows, its shape and its filters; acts go to ``roadmap.editing``."""
