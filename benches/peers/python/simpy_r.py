"""Workload R on SimPy: a generator process for every behaviour that recurs, every creative and every purchase."""

import simpy

from model import *


class Sim:
    def __init__(self, days, auctions_per_day, seed):
        self.rng, self.apps, self.exchange = build(auctions_per_day, seed)
        self.env = simpy.Environment()
        self.rate = auctions_per_day
        self.events = 0
        for app in self.apps:
            self.env.process(self.replanning(app))
            self.env.process(self.launching(app))
        self.env.process(self.auctioning())
        self.env.run(until=days)

    def replanning(self, app):
        yield self.env.timeout(app.spec.phase)
        while True:
            self.events += 1
            app.replan()
            yield self.env.timeout(1.0)

    def launching(self, app):
        while True:
            creative = app.launch()
            if creative is not None:
                self.env.process(self.creative_life(app, creative))
            yield self.env.timeout(self.rng.expovariate(1.0 / LAUNCH_DAYS))
            self.events += 1

    def creative_life(self, app, creative):
        yield self.env.timeout(self.rng.expovariate(1.0 / FATIGUE_DAYS))
        self.events += 1
        app.fatigue(creative)
        yield self.env.timeout(self.rng.expovariate(1.0 / RETIRE_DAYS))
        self.events += 1
        app.retire(creative)

    def purchasing(self, app):
        yield self.env.timeout(self.rng.expovariate(1.0 / PURCHASE_DAYS))
        self.events += 1
        app.purchase()

    def auctioning(self):
        def on_install(app):
            self.env.process(self.purchasing(app))

        while True:
            yield self.env.timeout(self.rng.expovariate(self.rate))
            self.events += 1
            self.exchange.auction(on_install)


def run(days, auctions_per_day, seed):
    s = Sim(days, auctions_per_day, seed)
    return totals(s.apps, s.exchange, s.events)


if __name__ == "__main__":
    replicate_r("simpy", run)
