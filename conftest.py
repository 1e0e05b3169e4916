"""Settings for all tests: they use tiny models, which one thread runs ten times faster than several."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
