"""The command line: each command in a file of its own."""

import os

# Read when NumPy and CTranslate2 are loaded, hence before any other import. Idle threads of either would
# spin on a core that calls need: OpenBLAS' cost recognition twice its CPU time, OpenMP's unsettle the media
# clock.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
