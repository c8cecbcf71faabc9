"""Hypothesis profiles: `ci` draws the same examples every time; HYPOTHESIS_PROFILE=thorough draws many, new ones."""

import os

from hypothesis import HealthCheck, settings

_SLOW = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}
settings.register_profile("ci", max_examples=20, derandomize=True, database=None, **_SLOW)
settings.register_profile("thorough", max_examples=300, print_blob=True, **_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
