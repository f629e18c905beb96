"""What OPTIONS answers: the methods of the address, in the Allow header; rights are asked for as for reading."""

from typing import Any

from rest_framework.metadata import BaseMetadata


class OnlyAllow(BaseMetadata):
    """No body: what an address takes and gives is in the OpenAPI description, and nothing is worked out here."""

    def determine_metadata(self, request: Any, view: Any) -> None:
        """Nothing; the Allow header comes with every answer."""
