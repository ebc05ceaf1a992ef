"""M/M/1 and the hold model on SimPy: processes, and a store where customers wait."""

from random import Random

import simpy

from workload import replicate_queues

ARRIVAL_MEAN, SERVICE_MEAN = 4.0 / 3.0, 1.0


def mm1(customers, seed):
    env, rng = simpy.Environment(), Random(seed)
    queue = simpy.Store(env)
    times = []

    def arriving():
        while True:
            yield env.timeout(rng.expovariate(1.0 / ARRIVAL_MEAN))
            queue.put(env.now)

    def serving():
        for _ in range(customers):
            arrived = yield queue.get()
            yield env.timeout(rng.expovariate(1.0 / SERVICE_MEAN))
            times.append(env.now - arrived)

    env.process(arriving())
    env.run(until=env.process(serving()))
    return len(times), sum(times) / len(times)


def hold(pending, time, seed):
    env, rng = simpy.Environment(), Random(seed)
    fired = 0

    def holding():
        nonlocal fired
        while True:
            yield env.timeout(rng.expovariate(1.0))
            fired += 1

    for _ in range(pending):
        env.process(holding())
    env.run(until=time)
    return fired


if __name__ == "__main__":
    replicate_queues("simpy", mm1, hold)
