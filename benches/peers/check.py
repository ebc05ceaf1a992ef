#!/usr/bin/env python3
"""Do the implementations agree? Compares what they print, one JSON object a line, with the reference in standard errors.

    check.py FILE...

Workload R and M/M/1 are compared with the standard library's version; the number of events of the hold model with its
Poisson law. Exits with 1 when any mean is off by more than four standard errors.
"""

import json
import statistics
import sys
from collections import defaultdict

REFERENCE = "std"
LIMIT = 4.0
FIELDS = {
    "r": ["auctions", "sold", "spend", "installs", "purchases", "revenue", "cr20", "events"],
    "mm1": ["mean_time"],
}


def collect(lines):
    """Replications by workload and name; a seed counts once."""
    runs = defaultdict(lambda: defaultdict(dict))
    for line in lines:
        run = json.loads(line)
        runs[run["workload"]][run["name"]][run["seed"]] = run
    return {w: {name: list(seeds.values()) for name, seeds in names.items()} for w, names in runs.items()}


def standard_errors(field, runs, reference):
    """Distance of two means, in standard errors of their difference."""
    mean = statistics.mean(run[field] for run in runs)
    target = statistics.mean(run[field] for run in reference)
    sd = statistics.stdev(run[field] for run in reference)
    return (mean - target) / (sd * (1 / len(runs) + 1 / len(reference)) ** 0.5)


def hold_errors(runs):
    """Distance of the number of events from its mean: it is Poisson."""
    fired, expected = sum(run["events"] for run in runs), sum(run["expected"] for run in runs)
    return (fired - expected) / expected**0.5


def compare(lines):
    """Markdown tables, and whether all agree."""
    text, worst = [], 0.0
    for workload, names in sorted(collect(lines).items()):
        fields = FIELDS.get(workload, ["events"])
        text += [f"**{workload}**, off by standard errors", ""]
        text += ["| | replications | " + " | ".join(fields) + " |", "|---|---:|" + "---:|" * len(fields)]
        for name, runs in names.items():
            if workload in FIELDS:
                if name == REFERENCE:
                    means = (statistics.mean(run[field] for run in runs) for field in fields)
                    cells = [f"mean {mean:.7g}" for mean in means]
                    text.append(f"| {name} | {len(runs)} | " + " | ".join(cells) + " |")
                    continue
                errors = [standard_errors(field, runs, names[REFERENCE]) for field in fields]
            else:
                errors = [hold_errors(runs)]
            worst = max(worst, *map(abs, errors))
            text.append(f"| {name} | {len(runs)} | " + " | ".join(f"{z:+.1f}" for z in errors) + " |")
        text.append("")
    verdict = "agree" if worst <= LIMIT else "DISAGREE"
    text.append(f"All means {verdict}: the largest distance is {worst:.1f} standard errors, {LIMIT:.0f} are allowed.")
    return "\n".join(text), worst <= LIMIT


if __name__ == "__main__":
    table, agree = compare(line for path in sys.argv[1:] for line in open(path))
    print(table)
    sys.exit(0 if agree else 1)
