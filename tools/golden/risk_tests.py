"""Makes p-values and bounds of expected losses that the tests compare `CleaveCalibrate`'s with.

    python tools/golden/risk_tests.py CONFSEQ Tests/Golden

writes Tests/Golden/risk-tests/expected.json. CONFSEQ is `src` of the unpacked source of confseq 0.0.11, by
the authors of the betting paper (its C++ parts are not needed, and matplotlib and multiprocess are stubbed).
Its `betting_mart` is the wealth, its `lambda_predmix_eb` the bets; scipy has the binomial; what is around
them follows specs/calibration.md.

    binomial[]   count, hits, risk, p
    bounded[]    losses, risk, p: Hoeffding-Bentkus
    betting[]    losses, prior, risk, p at delta 0.1
    upper[]      losses, prior, delta, binomial (Clopper-Pearson by scipy.stats.beta) or betting

Made with scipy 1.17.1, numpy 2.4.6. Deterministic.
"""

import argparse
import json
import sys
import types
from pathlib import Path

import numpy as np
from scipy.optimize import brentq
from scipy.stats import beta, binom

parser = argparse.ArgumentParser()
parser.add_argument("confseq")
parser.add_argument("golden")
arguments = parser.parse_args()
for name in ["matplotlib", "matplotlib.pyplot", "multiprocess"]:
    sys.modules[name] = types.ModuleType(name)
np.float_ = np.float64  # as numpy 1 called it
sys.path.insert(0, arguments.confseq)
from confseq.betting import betting_mart  # noqa: E402
from confseq.betting_strategies import lambda_predmix_eb  # noqa: E402

random = np.random.default_rng(20261123)


def hoeffding_bentkus(losses, risk):
    n, mean = len(losses), min(np.mean(losses), risk)
    first = 0 if mean == 0 else mean * np.log(mean / risk)
    divergence = first + (1 - mean) * np.log((1 - mean) / (1 - risk))
    bentkus = np.e * binom.cdf(np.ceil(np.sum(losses)), n, risk)
    return min(1, np.exp(-n * divergence), bentkus)


def wealth(losses, bets, risk):
    """Its largest logarithm."""
    path = betting_mart(
        np.array(losses), risk, lambdas_fn_positive=lambda x, m: bets,
        lambdas_fn_negative=lambda x, m: bets, theta=0, trunc_scale=1)
    return max(0, np.max(np.log(path)))


def betting(losses, prior, risk):
    zero = (1 - risk) ** len(losses)
    if not any(losses):
        return zero
    path = bets(losses, prior, 0.1)
    return min(1, np.exp(-wealth(losses, path, risk)) + zero)


def bets(losses, prior, delta):
    # The prior as the beginning of the data, of which the bets are dropped.
    return lambda_predmix_eb(
        np.append(prior, losses), truncation=1, alpha=delta, fixed_n=len(losses), prior_mean=0.5,
        prior_variance=0.25, fake_obs=1)[len(prior):]


def betting_bound(losses, prior, delta):
    path = bets(losses, prior, delta)
    excess = lambda risk: np.exp(-wealth(losses, path, risk)) - delta  # noqa: E731
    return brentq(excess, 1e-9, 1 - 1e-9, xtol=1e-14) if excess(1 - 1e-9) < 0 else 1


def draw(kind, n):
    values = {
        "flips": lambda: (random.random(n) < 0.05).astype(float),
        "beta": lambda: random.beta(0.5, 12, n),
        "tenths": lambda: random.integers(0, 3, n) / 10,
        "zeros": lambda: np.zeros(n),
        "low": lambda: random.random(n) * 0.01,
    }[kind]()
    return [round(float(value), 4) for value in values]


KINDS = ["flips", "beta", "tenths", "zeros", "low"]
COUNTS = [
    (1, 0, 0.05), (1, 1, 0.05), (10, 3, 0.9), (100, 0, 0.05), (100, 2, 0.05), (100, 5, 0.05),
    (100, 60, 0.05), (137, 20, 0.2), (1000, 31, 0.05), (1000, 999, 0.999), (20000, 900, 0.05),
    (20000, 1050, 0.05), (10**6, 49000, 0.05), (10**6, 50500, 0.05), (10**6, 90, 1e-4), (30, 12, 0.5),
]
expected = {
    "binomial": [
        {"count": n, "hits": k, "risk": r, "p": float(binom.cdf(k, n, r))} for n, k, r in COUNTS],
    "bounded": [], "betting": [], "upper": [],
}
for kind in KINDS:
    for n, risk in [(60, 0.1), (200, 0.05), (150, 0.2)]:
        losses, prior = draw(kind, n), draw(kind, 40)
        expected["bounded"].append(
            {"losses": losses, "risk": risk, "p": float(hoeffding_bentkus(losses, risk))})
        for before in [[], prior, draw("tenths", 20)]:
            expected["betting"].append(
                {"losses": losses, "prior": before, "risk": risk,
                 "p": float(betting(losses, before, risk))})
            expected["upper"].append(
                {"losses": losses, "prior": before, "delta": 0.1, "procedure": "betting",
                 "bound": float(betting_bound(losses, before, 0.1))})
        if kind == "flips":
            hits = sum(losses)
            expected["upper"].append(
                {"losses": losses, "prior": [], "delta": 0.1, "procedure": "binomial",
                 "bound": float(beta.ppf(0.9, hits + 1, n - hits))})
directory = Path(arguments.golden) / "risk-tests"
directory.mkdir(exist_ok=True)
(directory / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
