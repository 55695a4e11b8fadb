"""Bound what one job may take of the machine that it shares with the web server."""

import os
import resource
from pathlib import Path
from typing import Final

MEMORY_SHARE: Final = 0.75
"""Of the memory of the machine or container: the rest is for those who look at the pages."""
CPU_S: Final = 6 * 3600
"""Seconds of computing: far above any build, and an end to what has none of its own."""
_CONTAINER: Final = Path("/sys/fs/cgroup/memory.max")


def hold_process() -> int:
    """Limit the memory and the computing of this process from now on; give the bytes it may have.

    What it asks for beyond is refused to it alone, as `MemoryError` or as its end, where the
    machine would otherwise choose a process to kill. A limit that is lower already stays. Counted
    is what is written to, not the address space, of which the libraries reserve gigabytes.
    """
    memory = int(_machine_bytes() * MEMORY_SHARE)
    for kind, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CPU, CPU_S)):
        soft, hard = resource.getrlimit(kind)
        known = [limit for limit in (soft, hard, most) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(kind, (min(known), hard))
    return memory


def _machine_bytes() -> int:
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        granted = _CONTAINER.read_text(encoding="ascii").strip()
    except OSError:
        return installed
    return min(installed, int(granted)) if granted.isdigit() else installed
