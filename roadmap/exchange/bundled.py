"""Where the bundled catalogue files lie."""

from pathlib import Path

CATALOGUE = Path(__file__).resolve().parent.parent / "catalogue"
SMART_CUSTOMS = CATALOGUE / "smart_customs.yaml"
SAMPLE = CATALOGUE / "sample"


def sample_files() -> list[Path]:
    """The files of the sample layer, in the order of their names."""
    return sorted(SAMPLE.glob("*.yaml"))
