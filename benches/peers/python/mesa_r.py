"""Workload R on Mesa: apps and the exchange are agents that schedule their own methods with the `DEVSimulator` of Mesa 3.3,
the newest for Python 3.11.

Mesa holds callbacks weakly, so whatever owns a scheduled method must be kept alive: an app keeps its creatives' lives.
"""

import mesa
from mesa.experimental.devs import DEVSimulator

from model import *


class CreativeLife:
    def __init__(self, owner, creative):
        self.owner = owner
        self.creative = creative
        owner.lives.add(self)
        owner.model.after(owner.model.random.expovariate(1.0 / FATIGUE_DAYS), self.fatigue)

    def fatigue(self):
        model = self.owner.model
        model.events += 1
        self.owner.app.fatigue(self.creative)
        model.after(model.random.expovariate(1.0 / RETIRE_DAYS), self.retire)

    def retire(self):
        self.owner.model.events += 1
        self.owner.app.retire(self.creative)
        self.owner.lives.discard(self)


class MesaApp(mesa.Agent):
    def __init__(self, model, spec):
        super().__init__(model)
        self.app = App(spec, model.random)
        self.lives = set()

    def start(self):
        self.model.after(self.app.spec.phase, self.replan)
        self.start_creative()

    def replan(self):
        self.model.events += 1
        self.app.replan()
        self.model.after(1.0, self.replan)

    def start_creative(self):
        creative = self.app.launch()
        if creative is not None:
            CreativeLife(self, creative)
        self.model.after(self.model.random.expovariate(1.0 / LAUNCH_DAYS), self.launch)

    def launch(self):
        self.model.events += 1
        self.start_creative()

    def installed(self):
        self.model.after(self.model.random.expovariate(1.0 / PURCHASE_DAYS), self.purchase)

    def purchase(self):
        self.model.events += 1
        self.app.purchase()


class MesaExchange(mesa.Agent):
    def __init__(self, model, apps):
        super().__init__(model)
        self.exchange = Exchange([a.app for a in apps], model.random)
        self.owner = {id(a.app): a for a in apps}

    def start(self):
        self.model.after(self.model.random.expovariate(self.model.rate), self.auction)

    def auction(self):
        self.model.events += 1
        self.exchange.auction(self.on_install)
        self.model.after(self.model.random.expovariate(self.model.rate), self.auction)

    def on_install(self, app):
        self.owner[id(app)].installed()


class Market(mesa.Model):
    def __init__(self, auctions_per_day, seed):
        super().__init__(seed=seed)
        self.simulator = DEVSimulator()
        self.simulator.setup(self)
        self.rate = auctions_per_day
        self.events = 0
        self.apps = [MesaApp(self, s) for s in population(auctions_per_day)]
        self.exchange = MesaExchange(self, self.apps)
        for a in self.apps:
            a.start()
        self.exchange.start()

    def after(self, delay, method):
        self.simulator.schedule_event_relative(method, delay)


def run(days, auctions_per_day, seed):
    market = Market(auctions_per_day, seed)
    market.simulator.run_until(days)
    return totals([a.app for a in market.apps], market.exchange.exchange, market.events)


if __name__ == "__main__":
    replicate_r("mesa", run)
