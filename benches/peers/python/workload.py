"""What the Python peers share: parameters of workload R and its population, the command line, the report line."""

import argparse
import json
import math

N_APPS = 1100
N_SLOTS = 12
NOISE_SD = 0.4
RESERVE = 1.0
BUDGET_PER_AUCTION = 12.0
LAUNCH_DAYS = 14.0
FATIGUE_DAYS = 10.0
RETIRE_DAYS = 10.0
PURCHASE_DAYS = 7.0
STRENGTH_SD = 0.3
FATIGUED = 0.5
NO_CREATIVE = 0.2
MAX_LIVE = 16
BUDGET_SD = 0.2
STEP_DOWN, STEP_UP = 0.97, 1.02
MULTIPLIER_MIN, MULTIPLIER_MAX = 0.5, 2.0
PURCHASE_SD = 0.8

MASK = (1 << 64) - 1


def hash_unit(app, field):
    """A number in (0, 1) that belongs to an app and a field: SplitMix64's finaliser over a counter."""
    x = ((app * 64 + field + 1) * 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    x ^= x >> 31
    return ((x >> 11) + 0.5) / (1 << 53)


class AppSpec:
    __slots__ = ("weight", "bid", "quality", "budget", "conv", "value", "phase")


def population(auctions_per_day):
    """The apps, which are the same in every run."""
    total = sum((i + 1) ** -0.8 for i in range(N_APPS))
    out = []
    for i in range(N_APPS):
        z = [(2.0 * hash_unit(i, f) - 1.0) * math.sqrt(3.0) for f in range(5)]
        s = AppSpec()
        s.weight = (i + 1) ** -0.8
        s.bid = 10.0 * math.exp(0.5 * z[0])
        s.quality = math.exp(0.3 * z[1])
        s.budget = BUDGET_PER_AUCTION * auctions_per_day * s.weight / total * math.exp(0.5 * z[2])
        s.conv = 0.03 * math.exp(0.3 * z[3])
        s.value = 40.0 * math.exp(0.5 * z[4])
        s.phase = hash_unit(i, 5)
        out.append(s)
    return out


def cr20(revenue):
    """Share of the twenty largest apps in all revenue."""
    r = sorted(revenue, reverse=True)
    return sum(r[:20]) / sum(r)


def report(auctions, sold, spend, installs, purchases, revenue, events):
    """What a replication of workload R reports; `revenue` is by app."""
    return {
        "auctions": int(auctions),
        "sold": int(sold),
        "spend": float(spend),
        "installs": int(installs),
        "purchases": int(purchases),
        "revenue": float(sum(revenue)),
        "cr20": float(cr20(revenue)),
        "events": int(events),
    }


def parse():
    """Reads the arguments, which are those of the Rust programs."""
    parser = argparse.ArgumentParser()
    for flag, default in [("days", 365), ("auctions", 2_000), ("seed", 1), ("reps", 1), ("customers", 100_000),
                          ("pending", 1_000), ("holds", 1_000_000)]:
        parser.add_argument(f"--{flag}", type=int, default=default)
    parser.add_argument("--variant", default="mm1", choices=["mm1", "hold"])
    return parser.parse_args()


def print_line(name, workload, seed, fields):
    print(json.dumps({"name": name, "workload": workload, "seed": seed, **fields}), flush=True)


def replicate_r(name, run):
    """Runs workload R once for each seed; `run(days, auctions_per_day, seed)` returns a report."""
    args = parse()
    for seed in range(args.seed, args.seed + args.reps):
        print_line(name, "r", seed, run(float(args.days), float(args.auctions), seed))


def replicate_queues(name, mm1, hold):
    """Runs the queueing workload that the variant names, once for each seed.

    `mm1(customers, seed)` returns how many were served and their mean time in the system; `hold(pending, time, seed)`
    returns how many events fired.
    """
    args = parse()
    for seed in range(args.seed, args.seed + args.reps):
        if args.variant == "mm1":
            served, mean_time = mm1(args.customers, seed)
            print_line(name, "mm1", seed, {"events": 2 * served, "mean_time": mean_time})
        else:
            fired = hold(args.pending, args.holds / args.pending, seed)
            fields = {"events": fired, "expected": args.holds}
            print_line(name, f"hold-{args.pending}", seed, fields)
