"""Measurements, run by hand: ``python -m bench.NAME``. Each prints ours beside its limit from the same run."""
