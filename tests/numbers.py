"""At how many rows numbers of queries are compared: they would differ at six. Three hundred are for the long run."""

import pytest

NUMBERS = [1, 6, pytest.param(300, marks=pytest.mark.everything)]
