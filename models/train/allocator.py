"""What the C library does with the memory that each step gives back: keeps it for the next one."""

from __future__ import annotations

import ctypes

# malloc.h of glibc; see mallopt(3).
_TRIM_THRESHOLD = -1
_TOP_PAD = -2
_MMAP_THRESHOLD = -3
_BLOCK = 1 << 30
_MOST = (1 << 31) - 1  # its arguments are C ints
_PAD = 256 << 20


def keep_freed_memory() -> bool:
    """Have freed blocks below 1 GiB reused instead of returned to the system.

    A step has tensors of tens of megabytes; the system hands each out anew, as pages of zeros, with a fault
    for each page. ``tests/train/test_allocator.py`` counts them with the setting and without.

    Returns:
        Whether the C library has the setting; another than glibc is left as it is.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return False
    settings = ((_MMAP_THRESHOLD, _BLOCK), (_TRIM_THRESHOLD, _MOST), (_TOP_PAD, _PAD))
    return all(mallopt(name, value) == 1 for name, value in settings)
