//! Decides how many ad materials an app makes, how good they are, how long they stay and how impressions split on them.
//!
//! # Model
//! - New materials a day: Poisson with mean `c · spend^e`, at least a starter set while the app advertises.
//! - Materials come in lots, one idea and its variations, cut from one title. A lot has latent attractiveness u,
//!   lognormal with `θ·log-sd = s`, so that the spend of lots has log standard deviation s.
//! - On air for a Gamma(2) time with the stated mean, or until its cost per install exceeds `retire_cpi_ratio` times the
//!   app's median.
//! - App strength in a region: `K = n^(ζ−1) Σ_l n_l · w_l`, n the live materials: variations add with exponent ζ < 1.
//! - Weight of a lot: `w = (û·φ·A)^θ` on the exploit share of impressions and `E[ũ^θ] (φ·A)^θ` on the explore share,
//!   where each of many impressions draws its own ũ from the posterior (Thompson sampling); û is the posterior mean of
//!   u, φ fatigue, A the title's appeal today.
//! - Beliefs about u are Gamma–Poisson and forget: evidence beyond the prior is multiplied by a memory factor each day,
//!   so that a lot that did badly is looked at again (discounted Thompson sampling).
//!
//! # Inputs and outputs
//! USD a day → materials a day; attractiveness has mean 1 at power θ.
//!
//! # Assumptions
//! Variations of one idea share its attractiveness, and no two ideas share a lot; the platform's ranking sees the
//! advertiser's own estimate. A day's impressions are so many that only the mean of the explored strength counts.
//!
//! # Invariants
//! `evidence_fades_to_the_prior_and_weighs_ten_days_at_nine_tenths`, `production_grows_less_than_spend`,
//! `thompson_moments_are_those_of_draws_and_exact_for_whole_powers`, `mean_strength_is_one`,
//! `top_two_percent_take_the_stated_share`.
//!
//! # Source
//! Discounted Thompson sampling: Raj & Kalyani 2017, "Taming non-stationary bandits". Spend share of the top 2 % and
//! on-air life: AppsFlyer 2025 and counts of live materials, see `configs/facts/`.

use serde::Deserialize;
use statrs::function::gamma::ln_gamma;

/// Parameters of creatives.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreativeParams {
    /// Whether materials differ, tire and are replaced; off, an app advertises one average material for ever.
    pub enabled: bool,
    /// Materials a day at a spend of one dollar a day.
    pub materials_per_day_at_1_usd: f64,
    /// Exponent e of materials in spend.
    pub spend_exponent: f64,
    /// Materials an app launches with.
    pub starter_materials: f64,
    /// Materials of a lot: the idea and its variations.
    pub materials_per_lot: f64,
    /// Mean time on air.
    pub life_days: f64,
    /// Exponent ζ of the number of live materials.
    pub variation_exponent: f64,
    /// Log standard deviation s of spend over materials.
    pub spend_log_sd: f64,
    /// Share of impressions on which materials are explored.
    pub explore_share: f64,
    /// Weight of the prior on a lot's attractiveness, in conversions.
    pub prior_conversions: f64,
    /// Share of the evidence on a lot's attractiveness kept from one day to the next.
    pub evidence_memory_per_day: f64,
    /// Whether bad lots are retired early.
    pub replacement_enabled: bool,
    /// A lot is retired when its cost per install exceeds this many times the app's median.
    pub retire_cpi_ratio: f64,
}

impl CreativeParams {
    /// Mean number of new materials a day at a spend of `spend_usd` a day.
    pub fn materials_per_day(&self, spend_usd: f64) -> f64 {
        self.materials_per_day_at_1_usd * spend_usd.powf(self.spend_exponent)
    }

    /// Latent attractiveness from a standard normal draw: `E[u^θ] = 1`.
    pub fn attractiveness(&self, z: f64, theta: f64) -> f64 {
        let s = self.spend_log_sd;
        ((s * z - s * s / 2.0) / theta).exp()
    }

    /// Mean of latent attractiveness, the prior mean of a new lot.
    pub fn mean_attractiveness(&self, theta: f64) -> f64 {
        let s = self.spend_log_sd;
        (s * s / (2.0 * theta * theta) - s * s / (2.0 * theta)).exp()
    }

    /// Time on air from a Gamma(2) draw of scale 1, in days.
    pub fn life(&self, gamma_2: f64) -> f64 {
        self.life_days * gamma_2 / 2.0
    }

    /// What `n` live materials are worth relative to adding them one for one: `n^(ζ−1)`.
    pub fn variation_discount(&self, n: f64) -> f64 {
        if n > 1.0 { n.powf(self.variation_exponent - 1.0) } else { 1.0 }
    }
}

/// Evidence a day later: what was learned beyond the prior is forgotten by the memory factor, then `seen` is added.
#[inline]
pub fn remembered(evidence: f32, prior: f32, memory: f32, seen: f32) -> f32 {
    prior + memory * (evidence - prior) + seen
}

/// Moments of a Thompson draw relative to the posterior mean: `E[(ũ/û)^θ]` and `E[(ũ/û)^(θ−1)]` for a Gamma posterior.
///
/// With shape a the first is `Γ(a + θ)/(Γ(a) a^θ)`. It is smooth in `ln a`, so it is kept in a table and interpolated; the
/// relative error is below 1e-3, and below 1e-4 from shape 3 on. The second is the first times `a/(a + θ − 1)`.
///
/// The table has 64 cells for each doubling of a. The leading bits of a float are its octave and its place
/// in it, so a lookup takes them as they are, and no logarithm.
#[derive(Debug, Clone, PartialEq)]
pub struct ThompsonMoments {
    theta: f32,
    moments: Vec<f32>,
}

/// Bits of a float that tell the cell within an octave.
const CELL_BITS: u32 = 6;
/// Bits of a float below those that tell the cell.
const INSIDE_BITS: u32 = f32::MANTISSA_DIGITS - 1 - CELL_BITS;
/// Weaker posteriors than this are outside the range of the prior's weight.
const FIRST_SHAPE: f32 = 1.0 / 256.0;
/// From here on the draw is the mean, to all purposes.
const LAST_SHAPE: f32 = 16_777_216.0;

const fn cell(shape: f32) -> u32 {
    shape.to_bits() >> INSIDE_BITS
}

impl ThompsonMoments {
    /// The table for shape `theta` of match noise.
    pub fn new(theta: f64) -> Self {
        let moment = |a: f64| (ln_gamma(a + theta) - ln_gamma(a) - theta * a.ln()).exp();
        let shapes = (cell(FIRST_SHAPE)..=cell(LAST_SHAPE)).map(|cell| f32::from_bits(cell << INSIDE_BITS));
        Self { theta: theta as f32, moments: shapes.map(|a| moment(f64::from(a)) as f32).collect() }
    }

    /// Both moments at posterior shape `shape`.
    #[inline]
    pub fn at(&self, shape: f32) -> [f32; 2] {
        let at_least = if shape > FIRST_SHAPE { shape } else { FIRST_SHAPE };
        let bits = at_least.to_bits();
        let below = ((bits >> INSIDE_BITS) - cell(FIRST_SHAPE)) as usize;
        let moment = match self.moments.get(below..below + 2) {
            Some(&[low, high]) => {
                let inside = (bits & ((1 << INSIDE_BITS) - 1)) as i32;
                low + inside as f32 * (1.0 / (1 << INSIDE_BITS) as f32) * (high - low)
            }
            _ => 1.0,
        };
        [moment, moment * shape / (shape + self.theta - 1.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    fn params() -> CreativeParams {
        CreativeParams {
            enabled: true,
            materials_per_day_at_1_usd: 0.03,
            spend_exponent: 0.85,
            starter_materials: 20.0,
            materials_per_lot: 10.0,
            life_days: 5.0,
            variation_exponent: 0.5,
            spend_log_sd: 1.9,
            explore_share: 0.15,
            prior_conversions: 3.0,
            evidence_memory_per_day: 0.9,
            replacement_enabled: true,
            retire_cpi_ratio: 2.0,
        }
    }

    #[test]
    fn production_grows_less_than_spend() {
        let p = params();
        let ratio = p.materials_per_day(2e6) / p.materials_per_day(1e6);
        assert!((ratio - 2.0_f64.powf(0.85)).abs() < 1e-12);
    }

    #[test]
    fn evidence_fades_to_the_prior_and_weighs_ten_days_at_nine_tenths() {
        let faded = (0..400).fold(500.0, |evidence, _| remembered(evidence, 3.0, 0.9, 0.0));
        assert!((faded - 3.0).abs() < 1e-5, "{faded}");
        // Two conversions a day for ever: prior + 2 / (1 − .9).
        let steady = (0..400).fold(3.0, |evidence, _| remembered(evidence, 3.0, 0.9, 2.0));
        assert!((steady - 23.0).abs() < 1e-4, "{steady}");
    }

    #[test]
    fn thompson_moments_are_those_of_draws_and_exact_for_whole_powers() {
        let table = ThompsonMoments::new(4.0);
        for a in [0.02_f64, 0.7, 3.0, 12.3, 400.0, 1e6] {
            // Γ(a + 4)/Γ(a) = a(a + 1)(a + 2)(a + 3).
            let fourth = (1.0 + 1.0 / a) * (1.0 + 2.0 / a) * (1.0 + 3.0 / a);
            let third = (1.0 + 1.0 / a) * (1.0 + 2.0 / a);
            let [got4, got3] = table.at(a as f32).map(f64::from);
            assert!((got4 / fourth - 1.0).abs() < 1e-3 && (got3 / third - 1.0).abs() < 1e-3, "shape {a}");
        }
        let mut stream = Streams::new(11, 3).open(1, 0, 0);
        let draws: Vec<f64> = (0..100_000).map(|_| (stream.gamma(8.0) / 8.0).powi(4)).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e5;
        assert!((mean - f64::from(table.at(8.0)[0])).abs() < 4.0 * (variance / 1e5).sqrt(), "{mean}");
    }

    #[test]
    fn mean_strength_is_one() {
        let (p, theta) = (params(), 4.0);
        let streams = Streams::new(11, 0);
        let n = 400_000;
        let mut stream = streams.open(1, 0, 0);
        let draws: Vec<f64> = (0..n).map(|_| p.attractiveness(stream.normal(), theta)).collect();
        let mean_u = draws.iter().sum::<f64>() / f64::from(n);
        assert!((mean_u / p.mean_attractiveness(theta) - 1.0).abs() < 0.01, "{mean_u}");
        // u^θ has log sd 1.9, so its mean over 4e5 draws has a relative error of about exp(1.9²/2)/√n ≈ 1 %.
        let mean = draws.iter().map(|u| u.powf(theta)).sum::<f64>() / f64::from(n);
        let relative_se = ((1.9_f64 * 1.9).exp() - 1.0).sqrt() / f64::from(n).sqrt();
        assert!((mean - 1.0).abs() < 4.0 * relative_se, "{mean}");
    }

    #[test]
    fn top_two_percent_take_the_stated_share() {
        let (p, theta) = (params(), 4.0);
        let streams = Streams::new(11, 1);
        let n = 200_000_usize;
        let mut stream = streams.open(1, 0, 0);
        let mut spend: Vec<f64> =
            (0..n).map(|_| p.attractiveness(stream.normal(), theta).powf(theta)).collect();
        spend.sort_by(|a, b| b.total_cmp(a));
        let share = spend[..n / 50].iter().sum::<f64>() / spend.iter().sum::<f64>();
        // Closed form: Φ(1.9 − z_0.98) = 0.439.
        assert!((share - 0.439).abs() < 0.03, "{share}");
    }
}
