//! Portable Rust: wyrand, a packed alias table, a ziggurat of 256 layers, a top two without branches.

use workload::columns::{AliasTable, Draws, Market, by_phase, exp, ln};
use workload::report::Report;
use workload::{AppSpec, BUDGET_SD, N_APPS, N_SLOTS, NOISE_SD, Params, RESERVE};

use crate::queue::{DAY, Queue};

/// Wang Yi's generator.
pub(crate) struct WyRand(u64);

impl WyRand {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03);
        for _ in 0..8 {
            rng.next();
        }
        rng
    }

    #[inline(always)]
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0xA076_1D64_78BD_642F);
        let product = u128::from(self.0) * u128::from(self.0 ^ 0xE703_7ED1_A0B4_28DB);
        (product >> 64) as u64 ^ product as u64
    }
}

/// Right end of the lowest layer.
const ZIGGURAT_END: f64 = 3.654_152_885_361_009;
/// Area of a layer.
const ZIGGURAT_AREA: f64 = 0.004_928_673_233_974_655;

/// Marsaglia and Tsang's ziggurat; layer and value come from separate bits of a word.
struct Ziggurat {
    /// By layer: below which whole number a value is accepted at once, and what a whole number is worth.
    layers: Box<[(u32, f32); 256]>,
    heights: Box<[f32; 257]>,
}

impl Ziggurat {
    fn new() -> Self {
        let height = |x: f64| (-0.5 * x * x).exp();
        let mut ends = [0_f64; 257];
        ends[0] = ZIGGURAT_AREA / height(ZIGGURAT_END);
        ends[1] = ZIGGURAT_END;
        for i in 2..256 {
            ends[i] = (-2.0 * (ZIGGURAT_AREA / ends[i - 1] + height(ends[i - 1])).ln()).sqrt();
        }
        let whole = f64::from(1 << 23);
        let layer = |i: usize| ((ends[i + 1] / ends[i] * whole) as u32, (ends[i] / whole) as f32);
        Self {
            layers: Box::new(std::array::from_fn(layer)),
            heights: Box::new(std::array::from_fn(|i| height(ends[i]) as f32)),
        }
    }

    /// A normal from a word: 24 signed bits of value above 8 bits of layer.
    #[inline(always)]
    fn normal(&self, word: u32, rng: &mut WyRand) -> f32 {
        let layer = (word & 255) as usize;
        let whole = word as i32 >> 8;
        let (accepted, unit) = self.layers[layer];
        let x = whole as f32 * unit;
        if whole.unsigned_abs() < accepted { x } else { self.edge(layer, x, rng) }
    }

    #[cold]
    fn edge(&self, layer: usize, x: f32, rng: &mut WyRand) -> f32 {
        let unit = |word: u64| ((word >> 11) as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64);
        if layer == 0 {
            loop {
                let beyond = -unit(rng.next()).ln() / ZIGGURAT_END;
                if -2.0 * unit(rng.next()).ln() > beyond * beyond {
                    return ((ZIGGURAT_END + beyond) as f32).copysign(x);
                }
            }
        }
        let (low, high) = (self.heights[layer], self.heights[layer + 1]);
        if low + unit(rng.next()) as f32 * (high - low) < (-0.5 * x * x).exp() {
            return x;
        }
        let word = rng.next() as u32;
        self.normal(word, rng)
    }
}

struct Source {
    rng: WyRand,
    ziggurat: Ziggurat,
}

impl Draws for Source {
    #[inline(always)]
    fn normal(&mut self) -> f32 {
        let word = self.rng.next() as u32;
        self.ziggurat.normal(word, &mut self.rng)
    }

    #[inline(always)]
    fn exponential(&mut self) -> f32 {
        -ln(((self.rng.next() >> 40) as f32 + 0.5) * (1.0 / 16_777_216.0))
    }
}

/// One replication.
pub fn run(params: &Params, specs: &[AppSpec], seed: u64) -> Report {
    let mut source = Source { rng: WyRand::new(seed), ziggurat: Ziggurat::new() };
    let specs = &by_phase(specs)[..];
    let n_days = params.days as usize;
    let mut queue = Queue::new(n_days);
    let mut market = Market::new(specs, &mut source, &mut queue);
    let alias = AliasTable::new(specs);
    let gap = (DAY as f64 / params.auctions_per_day) as f32;
    let (shift, ln_reserve) = ((NOISE_SD * NOISE_SD / 2.0) as f32, RESERVE.ln() as f32);
    let replans: Vec<u64> = specs.iter().map(|spec| (spec.phase * DAY as f64) as u64).chain([DAY]).collect();
    let (mut auctions, mut events) = (0, 0);
    let mut auction_at = (source.exponential() * gap) as u64;
    for day in 0..n_days {
        queue.begin_day(day);
        let mut replan = 0;
        loop {
            let replan_at = day as u64 * DAY + replans[replan];
            let event_at = queue.next_time();
            while auction_at < replan_at.min(event_at) {
                auctions += 1;
                let (mut best, mut second, mut winner) = (f32::NEG_INFINITY, f32::NEG_INFINITY, u32::MAX);
                for _ in 0..N_SLOTS {
                    let word = source.rng.next();
                    let app = alias.app((word >> 32) as u32);
                    let noise = NOISE_SD as f32 * source.ziggurat.normal(word as u32, &mut source.rng);
                    let score = market.log_score[app as usize & 2_047] + noise;
                    let low = if score < best { score } else { best };
                    let low = if app == winner { f32::NEG_INFINITY } else { low };
                    second = if low > second { low } else { second };
                    winner = if score > best { app } else { winner };
                    best = if score > best { score } else { best };
                }
                if best - shift >= ln_reserve {
                    let winner = winner as usize;
                    market.win(winner, exp((second - shift).max(ln_reserve)));
                    if (source.rng.next() as u32) < market.purse[winner].conversion {
                        queue.set_now(auction_at);
                        market.install(winner, &mut source, &mut queue);
                    }
                }
                auction_at += (source.exponential() * gap) as u64;
            }
            if replan_at <= event_at {
                if replan == N_APPS {
                    break;
                }
                let noise = exp(BUDGET_SD as f32 * source.normal());
                market.replan(replan, noise);
                replan += 1;
            } else {
                let event = queue.pop();
                market.handle(event, &mut source, &mut queue);
            }
            events += 1;
        }
    }
    market.report(auctions, auctions + events)
}
