"""Compile kernels with numba, and survive a place where its cache cannot be written."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function for numbers, without the interpreter lock, cached on disk if possible.

    `cache=True` raises at import on a read-only root instead of falling back, so the failure is
    caught here and the kernel is compiled once per process.
    """
    try:
        return cast(F, numba.njit(cache=True, nogil=True, fastmath=False)(function))
    except RuntimeError:
        return cast(F, numba.njit(nogil=True, fastmath=False)(function))
