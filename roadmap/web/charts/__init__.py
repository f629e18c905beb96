"""Geometry of the charts: dataclasses in, coordinates out. No Django, no words, no colours; templates draw."""
