#!/usr/bin/env python3
"""Writes the tables of sim/base/fixed.cpp from their definitions, in 70 decimal digits.

    python3 sim/base/tables/generate.py            rewrites the .inc files beside this script
    python3 sim/base/tables/generate.py --check    exits 1 when a committed file differs

Floating point appears only as the starting point of Newton's method; every rounded figure depends
on exact integers and decimals alone, so the output is the same on every machine.
"""

import pathlib
import sys
from decimal import ROUND_HALF_EVEN, Decimal, getcontext
from statistics import NormalDist

getcontext().prec = 70
HERE = pathlib.Path(__file__).resolve().parent
LN2 = Decimal(2).ln()
PI = Decimal("3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986")


def fixed(value, bits):
    """`value` rounded to the nearest multiple of 2^-bits, as an integer."""
    return int((value * 2**bits).to_integral_value(rounding=ROUND_HALF_EVEN))


def words(values, suffix="U"):
    return "{" + ", ".join(f"0x{value:016X}{suffix}" for value in values) + "},"


def logarithm():
    """For the middle c of each 512th of [1, 2): 1/c in Q0.64, and -ln of that rounded inverse."""
    yield "// {1 / c in Q0.64, ln c in Q2.62} for c = 1 + (2 i + 1) / 1024, i = 0..511."
    for i in range(512):
        inverse = fixed(Decimal(1024) / (1025 + 2 * i), 64)
        yield words([inverse, fixed(-(Decimal(inverse) / 2**64).ln(), 62)])


def power_of_two():
    yield "// 2^(i / 256) in Q1.63, i = 0..255."
    for i in range(0, 256, 4):
        row = [fixed((LN2 * (i + j) / 256).exp(), 63) for j in range(4)]
        yield ", ".join(f"0x{value:016X}U" for value in row) + ","


def density(z):
    return (-z * z / 2).exp() / (2 * PI).sqrt()


def upper_tail(z):
    """P(Z > z) = 1/2 - density(z) * (z + z^3/3 + z^5/15 + ...); 40 digits are left at z = 9."""
    term = total = z
    k = 1
    while term > total * Decimal("1e-68"):
        k += 2
        term = term * z * z / k
        total += term
    return Decimal("0.5") - density(z) * total


def quantile(numerator, power):
    """The z >= 0 with P(Z > z) = numerator / 2^power <= 1/2, by Newton's method."""
    probability = Decimal(numerator) / Decimal(2) ** power
    if probability == Decimal("0.5"):
        return Decimal(0)
    z = Decimal(-NormalDist().inv_cdf(float(probability)))
    for _ in range(8):
        step = (upper_tail(z) - probability) / density(z)
        z += step
        if abs(step) < Decimal("1e-25"):  # Newton squares the error: 1e-45 or less is left
            return z
    raise ArithmeticError(f"no quantile of {probability}")


# Where the cubic meets the curve inside an interval: with both ends fixed, (sqrt(2) - 1) / 2 from
# the centre spreads the error evenly.
INNER = (Decimal(2).sqrt() - 1) / 2
INNER = Decimal(int(INNER * 2**40)) / 2**40
NODES = [Decimal(0), Decimal("0.5") - INNER, Decimal("0.5") + INNER, Decimal(1)]


def cubic_through(values):
    """Coefficients of 1, t, t^2, t^3 of the cubic that has these values at NODES."""
    divided = list(values)
    for level in range(1, 4):
        for i in range(3, level - 1, -1):
            divided[i] = (divided[i] - divided[i - 1]) / (NODES[i] - NODES[i - level])
    result = [Decimal(0)] * 4
    for i in range(3, -1, -1):  # result = result * (t - NODES[i]) + divided[i]
        result = [
            (result[j - 1] if j else Decimal(0)) - NODES[i] * result[j] for j in range(4)
        ]
        result[0] += divided[i]
    return result


def normal_quantile():
    """z as a cubic of t in [0, 1), where P(Z > z) = (1 + (j + t) / 32) * 2^-(octave + 2)."""
    yield "// Of 1, t, t^2, t^3, in Q6.58, two's complement; row 32 * octave + j, j = 0..31."
    for octave in range(64):
        for j in range(32):
            at = [quantile(32 + j + t, octave + 7) for t in NODES]
            exact = cubic_through(at)
            row = [fixed(c, 58) for c in exact]
            row[1] = fixed(at[3], 58) - row[0] - row[2] - row[3]  # rounded rows still join up
            yield words([c % 2**64 for c in row])


def main():
    check = "--check" in sys.argv[1:]
    stale = []
    for table in (logarithm, power_of_two, normal_quantile):
        path = HERE / f"{table.__name__}.inc"
        lines = ["// Written by generate.py; do not edit.", *table()]
        text = "\n".join(lines) + "\n"
        if check:
            if not path.exists() or path.read_text() != text:
                stale.append(path.name)
        else:
            path.write_text(text)
    for name in stale:
        print(f"{name} differs from what generate.py writes", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
