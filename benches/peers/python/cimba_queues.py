"""M/M/1 and the hold model on Cimba (C), through its Python package: a model is compiled, then run without Python.

M/M/1 is the package's own first example. It measures the mean number of those waiting, from which Little's law gives the
mean time in the system.
"""

import cimba as cb

from workload import replicate_queues

ARRIVAL_MEAN, SERVICE_MEAN = 4.0 / 3.0, 1.0


class MM1(cb.Model):
    queue: cb.Container
    served: cb.Output[int]
    mean_waiting: cb.Output[float]

    @cb.process
    def arrivals(self):
        while True:
            cb.hold(cb.random.exponential(ARRIVAL_MEAN))
            self.queue.put(1)

    @cb.process
    def server(self):
        while True:
            self.queue.get(1)
            cb.hold(cb.random.exponential(SERVICE_MEAN))
            self.served += 1

    @cb.on_end
    def measure(self):
        self.mean_waiting = self.queue.mean_level()


def holder(pending):
    class Hold(cb.Model):
        fired: cb.Output[int]

        @cb.process(copies=pending)
        def holding(self):
            while True:
                cb.hold(cb.random.exponential(1.0))
                self.fired += 1

    return Hold()


def run(model, time, seed):
    window = cb.Window(duration=time)
    return cb.Experiment(model, window=window, seed=seed).run(workers=1)[model]


def value(samples):
    return float(samples.values.ravel()[0])


def mm1(customers, seed):
    results = run(MM1(), customers * ARRIVAL_MEAN, seed)
    return int(value(results.served)), value(results.mean_waiting) * ARRIVAL_MEAN + SERVICE_MEAN


def hold(pending, time, seed):
    return int(value(run(holder(pending), time, seed).fired))


if __name__ == "__main__":
    replicate_queues("cimba", mm1, hold)
