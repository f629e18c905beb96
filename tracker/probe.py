"""``python -m tracker.probe URL``: exit 0 when the address answers 200, for container health checks."""

import sys
from urllib.request import urlopen

if __name__ == "__main__":
    try:
        with urlopen(sys.argv[1], timeout=4) as answer:  # noqa: S310 (the address is the operator's)
            sys.exit(answer.status != 200)
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
