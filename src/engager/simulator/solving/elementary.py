"""Exponential, logarithm and reciprocal without a branch or a table: loops over lanes become packed instructions.

Polynomials are the best of their degree on the reduced range; exponents are read and written as bits. Errors, over the
whole range of normal numbers, are below 4e-16 (exp, log) and 3e-15 (reciprocal) in double, 3e-7 in single precision;
the tests hold them against NumPy in more digits. Out of range, `exponential` ends at e^-700 and e^700 (e^-85, e^85).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils as untyped
from numba.core.extending import intrinsic

FAST = {"contract", "nsz", "arcp"}
Kernel = Callable[..., Any]
cgutils: Any = untyped
_X86 = llvm.get_process_triple().startswith(("x86_64", "i686"))


def inlined(function: Kernel) -> Kernel:
    """Return a function compiled into its caller."""
    compiled: Kernel = njit(function, fastmath=FAST, error_model="numpy", forceinline=True)
    return compiled


@intrinsic
def widest_vectors(typing_context: Any) -> Any:  # noqa: ARG001
    """Let the function that calls this use the widest vectors, which LLVM avoids on some machines with 512 bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.none(), generate


def _control(builder: Any, name: str, place: Any) -> None:
    """Call what reads or writes the control register of x86."""
    kind = ir.FunctionType(ir.VoidType(), [place.type])
    builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.x86.sse.{name}mxcsr"), [place])


@intrinsic
def flush_denormals(typing_context: Any) -> Any:  # noqa: ARG001
    """Let numbers below the smallest normal one be 0 from here on, and return the control word to be restored.

    What decays would otherwise be computed with denormal numbers, a hundred times more slowly. x86 only; elsewhere
    nothing happens.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        place = cgutils.alloca_once_value(builder, ir.Constant(ir.IntType(32), 0))
        if _X86:
            _control(builder, "st", place)
            before = builder.load(place)
            builder.store(builder.or_(before, ir.Constant(ir.IntType(32), 0x8040)), place)
            _control(builder, "ld", place)
            return before
        return builder.load(place)

    return types.int32(), generate


@intrinsic
def restore_denormals(typing_context: Any, before: Any) -> Any:  # noqa: ARG001
    """Restore the control word that `flush_denormals` returned."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        if _X86:
            _control(builder, "ld", cgutils.alloca_once_value(builder, arguments[0]))
        return context.get_dummy_value()

    return types.none(types.int32), generate


@inlined
def exponential_double(x: float) -> Any:
    """Return e^x."""
    x = x if x > -700.0 else -700.0
    x = x if x < 700.0 else 700.0
    shifted = x * 1.4426950408889634 + 6755399441055744.0
    whole = shifted - 6755399441055744.0
    r = (x - whole * 0.6931471803691238) - whole * 1.9082149292705877e-10
    r2 = r * r
    r4 = r2 * r2
    low = (0.5 + r * 0.16666666666666669) + r2 * (0.041666666666624164 + r * 0.008333333333330065)
    middle = (0.0013888888917196719 + r * 0.00019841269863040545) + r2 * (
        2.4801521322368692e-05 + r * 2.755726848031e-06
    )
    high = 2.7620075879983367e-07 + r * 2.5100375832561234e-08
    fraction = 1.0 + (r + r2 * (low + r4 * (middle + r4 * high)))
    bits = np.float64(fraction).view(np.int64) + (np.float64(shifted).view(np.int64) << 52)
    return np.int64(bits).view(np.float64)


@inlined
def natural_double(x: float) -> Any:
    """Return the natural logarithm of a normal number above 0."""
    bits = np.float64(x).view(np.int64)
    # 0x3FE6A09E667F3BCD is the square root of a half: what is left of x lies between it and the square root of 2.
    above = (bits + (0x3FF0000000000000 - 0x3FE6A09E667F3BCD)) >> 52
    rest = np.int64(bits - ((above - 1023) << 52)).view(np.float64)
    exponent = np.int64(above + 0x4338000000000000).view(np.float64) - (6755399441055744.0 + 1023.0)
    s = (rest - 1.0) * reciprocal_double(rest + 1.0)
    z = s * s
    z2 = z * z
    series = (0.666666666666667 + z * 0.39999999999899505) + z2 * (
        (0.28571428625975487 + z * 0.2222221113479508)
        + z2 * ((0.18182889125261723 + z * 0.15331721600556042) + z2 * 0.14616449685043406)
    )
    return exponent * 0.6931471803691238 + (exponent * 1.9082149292705877e-10 + (s + s) + s * (z * series))


@inlined
def reciprocal_double(x: float) -> Any:
    """Return 1/x of a normal number, from a guess by the exponent's bits and two steps of fourth order."""
    y = np.int64(0x7FDE623822FC16E6 - np.float64(x).view(np.int64)).view(np.float64)
    e = 1.0 - x * y
    y = (y + y * e) * (1.0 + e * e)
    e = 1.0 - x * y
    y = y + y * e
    return y + y * (e * e)


@inlined
def exponential_single(x: Any) -> Any:
    """Return e^x in single precision."""
    x = np.float32(x)
    x = x if x > np.float32(-85.0) else np.float32(-85.0)
    x = x if x < np.float32(85.0) else np.float32(85.0)
    shifted = x * np.float32(1.4426950408889634) + np.float32(12582912.0)
    whole = shifted - np.float32(12582912.0)
    r = (x - whole * np.float32(0.693359375)) + whole * np.float32(2.12194440e-4)
    r2 = r * r
    low = np.float32(0.5) + r * np.float32(0.1666657702559799)
    middle = np.float32(0.041666554662050534) + r * np.float32(0.008363173074513711)
    fraction = np.float32(1.0) + (r + r2 * (low + r2 * (middle + r2 * np.float32(0.001392617611993558))))
    bits = np.float32(fraction).view(np.int32) + np.int32(np.float32(shifted).view(np.int32) << 23)
    return np.int32(bits).view(np.float32)


@inlined
def natural_single(x: float) -> Any:
    """Return the natural logarithm of a normal number above 0 in single precision."""
    bits = np.float32(x).view(np.int32)
    above = np.int32(np.int32(bits + (0x3F800000 - 0x3F3504F3)) >> 23)
    rest = np.int32(bits - np.int32((above - 127) << 23)).view(np.float32)
    exponent = np.float32(np.int32(above - 127))
    s = (rest - np.float32(1.0)) * reciprocal_single(rest + np.float32(1.0))
    z = s * s
    series = np.float32(0.6666668503957586) + z * (np.float32(0.3998878056602198) + z * np.float32(0.2957994939197279))
    return exponent * np.float32(0.69314718) + ((s + s) + s * (z * series))


@inlined
def reciprocal_single(x: float) -> Any:
    """Return 1/x of a normal number in single precision."""
    y = np.int32(0x7EF311C7 - np.float32(x).view(np.int32)).view(np.float32)
    e = np.float32(1.0) - x * y
    e2 = e * e
    y = (y + y * e) * (np.float32(1.0) + e2)
    e = np.float32(1.0) - x * y
    return y + y * e


@inlined
def positive_double(x: float) -> Any:
    """Return x, or the smallest number that counts where x is not above it."""
    return x if x > 1e-200 else 1e-200


@inlined
def positive_single(x: float) -> Any:
    """Return x, or the smallest number that counts where x is not above it, in single precision."""
    return x if x > np.float32(1e-30) else np.float32(1e-30)


@inlined
def larger(x: float, y: float) -> Any:
    """Return the larger of two."""
    return x if x > y else y


@inlined
def above(x: float, y: float) -> Any:
    """Return 1 where x is above y, else 0."""
    return type(x)(1.0) if x > y else type(x)(0.0)


@inlined
def root(x: float) -> Any:
    """Return the square root, of 0 where x is below."""
    return np.sqrt(x if x > 0 else type(x)(0.0))


@inlined
def inverse(x: float) -> float:
    """Return 1/x of a patient's constant."""
    return 1.0 / x
