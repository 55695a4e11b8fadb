"""Prove that kernels compile where no cache can be written."""

import numba
import pytest

from geo.jit import kernel

SOURCE = "def twice(value):\n    return value + value\n"


def test_a_kernel_without_a_place_for_its_cache_still_compiles():
    # A function without a file has nowhere to keep its cache, like one on a read-only root.
    names = {}
    exec(SOURCE, names)
    with pytest.raises(RuntimeError, match="cannot cache"):
        numba.njit(cache=True)(names["twice"])
    twice = kernel(names["twice"])
    assert twice(21) == 42
    assert twice.nopython_signatures
