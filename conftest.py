"""Settings for all tests, made before anything is imported that reads them."""

import os
from pathlib import Path

# Tiny models, which one thread runs ten times faster than several.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Where there is no GPU, Triton's kernels run in its interpreter.
if not Path("/dev/nvidiactl").exists():
    os.environ.setdefault("TRITON_INTERPRET", "1")
