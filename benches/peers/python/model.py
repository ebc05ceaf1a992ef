"""The apps and the auction in plain Python objects, for the peers on a framework."""

import math
from random import Random

from workload import *


class App:
    def __init__(self, spec, rng):
        self.spec = spec
        self.rng = rng
        self.left = spec.budget * spec.phase
        self.mult = 1.0
        self.creatives = []
        self.freshness = NO_CREATIVE
        self.spend = self.revenue = 0.0
        self.wins = self.installs = self.purchases = 0

    def refresh(self):
        self.freshness = max((c[0] for c in self.creatives), default=NO_CREATIVE)

    def replan(self):
        step = STEP_DOWN if self.left <= 0.0 else STEP_UP
        self.mult = min(max(self.mult * step, MULTIPLIER_MIN), MULTIPLIER_MAX)
        self.left = self.spec.budget * math.exp(self.rng.gauss(0.0, BUDGET_SD))

    def launch(self):
        """A new creative, or None when the app has as many as it may."""
        if len(self.creatives) >= MAX_LIVE:
            return None
        creative = [math.exp(self.rng.gauss(0.0, STRENGTH_SD))]
        self.creatives.append(creative)
        self.refresh()
        return creative

    def fatigue(self, creative):
        creative[0] *= FATIGUED
        self.refresh()

    def retire(self, creative):
        self.creatives = [c for c in self.creatives if c is not creative]
        self.refresh()

    def purchase(self):
        self.purchases += 1
        self.revenue += self.spec.value * math.exp(self.rng.gauss(-PURCHASE_SD**2 / 2, PURCHASE_SD))


class Exchange:
    """Holds one auction; `on_install(app)` schedules the purchase."""

    def __init__(self, apps, rng):
        self.apps = apps
        self.rng = rng
        self.auctions = 0
        self.cum_weights = []
        acc = 0.0
        for a in apps:
            acc += a.spec.weight
            self.cum_weights.append(acc)

    def auction(self, on_install):
        self.auctions += 1
        rng = self.rng
        gauss, exp = rng.gauss, math.exp
        best, top, second = None, 0.0, 0.0
        for app in rng.choices(self.apps, cum_weights=self.cum_weights, k=N_SLOTS):
            if app.left <= 0.0:
                continue
            spec = app.spec
            score = spec.bid * app.mult * spec.quality * app.freshness * exp(gauss(-NOISE_SD**2 / 2, NOISE_SD))
            if score > top:
                if app is not best:
                    second = top
                best, top = app, score
            elif score > second and app is not best:
                second = score
        if best is not None and top >= RESERVE:
            price = max(second, RESERVE)
            best.left -= price
            best.spend += price
            best.wins += 1
            if rng.random() < best.spec.conv:
                best.installs += 1
                on_install(best)


def build(auctions_per_day, seed):
    rng = Random(seed)
    apps = [App(s, rng) for s in population(auctions_per_day)]
    return rng, apps, Exchange(apps, rng)


def totals(apps, exchange, events):
    return report(
        exchange.auctions,
        sum(a.wins for a in apps),
        sum(a.spend for a in apps),
        sum(a.installs for a in apps),
        sum(a.purchases for a in apps),
        [a.revenue for a in apps],
        events,
    )
