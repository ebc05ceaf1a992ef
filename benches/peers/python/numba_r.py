"""Workload R compiled by numba: arrays, a binary heap written by hand, an alias table. What Python can do at its best."""

import numpy as np
from numba import njit

from workload import *

AUCTION, REPLAN, LAUNCH, FATIGUE, RETIRE, PURCHASE = 0, 1, 2, 3, 4, 5


def alias_table(weights):
    n = len(weights)
    prob = np.array(weights) / sum(weights) * n
    alias = np.arange(n)
    small = [i for i in range(n) if prob[i] < 1.0]
    large = [i for i in range(n) if prob[i] >= 1.0]
    while small and large:
        s, l = small.pop(), large[-1]
        alias[s] = l
        prob[l] -= 1.0 - prob[s]
        if prob[l] < 1.0:
            small.append(large.pop())
    return prob, alias


@njit(cache=True)
def push(ht, hk, hi, hc, n, t, kind, i, c):
    j = n
    while j > 0:
        p = (j - 1) >> 1
        if ht[p] <= t:
            break
        ht[j], hk[j], hi[j], hc[j] = ht[p], hk[p], hi[p], hc[p]
        j = p
    ht[j], hk[j], hi[j], hc[j] = t, kind, i, c
    return n + 1


@njit(cache=True)
def pop(ht, hk, hi, hc, n):
    """Removes the root; the caller has read it."""
    n -= 1
    t, kind, i, c = ht[n], hk[n], hi[n], hc[n]
    j = 0
    while True:
        l = 2 * j + 1
        if l >= n:
            break
        if l + 1 < n and ht[l + 1] < ht[l]:
            l += 1
        if ht[l] >= t:
            break
        ht[j], hk[j], hi[j], hc[j] = ht[l], hk[l], hi[l], hc[l]
        j = l
    ht[j], hk[j], hi[j], hc[j] = t, kind, i, c
    return n


@njit(cache=True)
def simulate(days, rate, seed, prob, alias, base, budget, conv, value, phase, out):
    np.random.seed(seed)
    n_apps = len(base)
    left = budget * phase
    mult = np.ones(n_apps)
    fresh = np.full(n_apps, NO_CREATIVE)
    worth = base * NO_CREATIVE
    strength = np.zeros((n_apps, MAX_LIVE))
    spend = np.zeros(n_apps)
    revenue = np.zeros(n_apps)
    wins = np.zeros(n_apps, np.int64)
    installs = np.zeros(n_apps, np.int64)
    cap = 1 << 17
    ht = np.empty(cap)
    hk = np.empty(cap, np.int8)
    hi = np.empty(cap, np.int32)
    hc = np.empty(cap, np.int32)
    n = 0
    for i in range(n_apps):
        n = push(ht, hk, hi, hc, n, phase[i], REPLAN, i, 0)
        n = push(ht, hk, hi, hc, n, 0.0, LAUNCH, i, 1)
    n = push(ht, hk, hi, hc, n, np.random.exponential(1.0 / rate), AUCTION, 0, 0)
    auctions = 0
    purchases = 0
    events = 0
    while True:
        now, kind, i, c = ht[0], hk[0], hi[0], hc[0]
        if now > days:
            break
        n = pop(ht, hk, hi, hc, n)
        events += 1
        if kind == AUCTION:
            auctions += 1
            best = -1
            top = 0.0
            second = 0.0
            for _ in range(N_SLOTS):
                u = np.random.random() * n_apps
                j = int(u)
                if u - j >= prob[j]:
                    j = alias[j]
                if left[j] <= 0.0:
                    continue
                score = worth[j] * np.exp(NOISE_SD * np.random.standard_normal() - NOISE_SD * NOISE_SD / 2)
                if score > top:
                    if j != best:
                        second = top
                    best = j
                    top = score
                elif score > second and j != best:
                    second = score
            if top >= RESERVE:
                price = max(second, RESERVE)
                left[best] -= price
                spend[best] += price
                wins[best] += 1
                if np.random.random() < conv[best]:
                    installs[best] += 1
                    n = push(ht, hk, hi, hc, n, now + np.random.exponential(PURCHASE_DAYS), PURCHASE, best, 0)
            n = push(ht, hk, hi, hc, n, now + np.random.exponential(1.0 / rate), AUCTION, 0, 0)
            continue
        if kind == REPLAN:
            m = mult[i] * (STEP_DOWN if left[i] <= 0.0 else STEP_UP)
            mult[i] = min(max(m, MULTIPLIER_MIN), MULTIPLIER_MAX)
            left[i] = budget[i] * np.exp(BUDGET_SD * np.random.standard_normal())
            n = push(ht, hk, hi, hc, n, now + 1.0, REPLAN, i, 0)
            worth[i] = base[i] * mult[i] * fresh[i]
            continue
        if kind == PURCHASE:
            purchases += 1
            revenue[i] += value[i] * np.exp(PURCHASE_SD * np.random.standard_normal() - PURCHASE_SD * PURCHASE_SD / 2)
            continue
        if kind == LAUNCH:
            if c == 1:
                events -= 1  # the creative every app starts with is no event
            for s in range(MAX_LIVE):
                if strength[i, s] == 0.0:
                    strength[i, s] = np.exp(STRENGTH_SD * np.random.standard_normal())
                    n = push(ht, hk, hi, hc, n, now + np.random.exponential(FATIGUE_DAYS), FATIGUE, i, s)
                    break
            n = push(ht, hk, hi, hc, n, now + np.random.exponential(LAUNCH_DAYS), LAUNCH, i, 0)
        elif kind == FATIGUE:
            strength[i, c] *= FATIGUED
            n = push(ht, hk, hi, hc, n, now + np.random.exponential(RETIRE_DAYS), RETIRE, i, c)
        else:
            strength[i, c] = 0.0
        m = 0.0
        for s in range(MAX_LIVE):
            m = max(m, strength[i, s])
        fresh[i] = m if m > 0.0 else NO_CREATIVE
        worth[i] = base[i] * mult[i] * fresh[i]
    out[0], out[1], out[2], out[3] = auctions, purchases, events, wins.sum()
    out[4], out[5] = spend.sum(), installs.sum()
    return revenue


def run(days, auctions_per_day, seed):
    specs = population(auctions_per_day)
    col = lambda f: np.array([f(s) for s in specs])
    prob, alias = alias_table([s.weight for s in specs])
    out = np.zeros(6)
    revenue = simulate(
        days, auctions_per_day, seed, prob, alias, col(lambda s: s.bid * s.quality), col(lambda s: s.budget),
        col(lambda s: s.conv), col(lambda s: s.value), col(lambda s: s.phase), out,
    )
    return report(out[0], out[3], out[4], out[5], out[1], revenue, out[2])


if __name__ == "__main__":
    replicate_r("numba", run)
