//! Decides how much a cohort of installs will pay over its life, and when.
//!
//! # Model
//! Hurdle: payers ~ Binomial(installs, π). Each payer's lifetime spend is lognormal with log-sd σ. The payments of a cohort fall
//! on ages by a fixed curve: a share on day 0, the rest as a power law `t^−s` to the horizon, grouped in the stages of
//! [`crate::market::stages`].
//!
//! # Inputs and outputs
//! Installs → payers (count) and offered lifetime value in USD, before the region's wallet.
//!
//! # Assumptions
//! Up to 24 payers are drawn one by one; a sum of more is drawn as a lognormal with the same mean and variance
//! (Fenton–Wilkinson), which keeps the right skew and whose error falls with the number of payers.
//!
//! # Invariants
//! `sum_keeps_mean_and_variance`, `payment_curve_sums_to_one`, `no_payers_no_value`.
//!
//! # Source
//! Top 5 % of payers make 60–70 % of revenue (σ ≈ 2), 25–40 % of value on day 0: see `configs/facts/priors.csv`.
//! Fenton 1960, "The sum of log-normal probability distributions".

use serde::Deserialize;

use crate::market::stages::{N_STAGES, STAGE_STARTS};
use crate::rng::Stream;

/// Parameters of payers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayerParams {
    /// Mean lifetime value per install before the wallet, per region.
    pub value_usd_per_install: Vec<f64>,
    /// Share of installs that ever pay.
    pub payer_share: f64,
    /// Log standard deviation of a payer's lifetime spend.
    pub spend_log_sd: f64,
    /// Share of lifetime value paid on day 0.
    pub day0_share: f64,
    /// Slope s of payments over age.
    pub age_slope: f64,
    /// Age after which nothing is paid.
    pub horizon_days: f64,
    /// Value of an organic install relative to a paid one.
    pub organic_value_ratio: f64,
}

/// Share of lifetime value paid per day in each stage.
#[derive(Debug, Clone, PartialEq)]
pub struct PaymentCurve {
    /// Share of lifetime value paid on each day of the stage.
    pub daily: [f64; N_STAGES],
}

/// Up to this many payers are drawn one by one.
const DRAW_EACH_UP_TO: u64 = 24;

impl PayerParams {
    fn weight(&self, age: f64) -> f64 {
        age.powf(-self.age_slope)
    }

    fn tail_total(&self) -> f64 {
        (1..=self.horizon_days as usize).map(|age| self.weight(age as f64)).sum()
    }

    /// Share of lifetime value paid up to and including day `age`.
    pub fn share_paid_by(&self, age: f64) -> f64 {
        let last = if age < self.horizon_days { age } else { self.horizon_days };
        let inside: f64 = (1..=last as usize).map(|a| self.weight(a as f64)).sum();
        self.day0_share + (1.0 - self.day0_share) * inside / self.tail_total()
    }

    /// Payments by stage; the open last stage pays nothing (the horizon ends before it).
    pub fn curve(&self) -> PaymentCurve {
        let mut daily = [0.0; N_STAGES];
        let mut before = 0.0;
        for stage in 0..N_STAGES - 1 {
            let (from, to) = (STAGE_STARTS[stage], STAGE_STARTS[stage + 1]);
            let by = self.share_paid_by((to - 1) as f64);
            daily[stage] = (by - before) / (to - from) as f64;
            before = by;
        }
        PaymentCurve { daily }
    }

    /// Draws the lifetime value of `payers` people whose mean spend is `mean_usd`.
    pub fn draw_value(&self, stream: &mut Stream, payers: u64, mean_usd: f64) -> f64 {
        let sigma = self.spend_log_sd;
        if payers == 0 {
            0.0
        } else if payers <= DRAW_EACH_UP_TO {
            let mu = mean_usd.ln() - sigma * sigma / 2.0;
            (0..payers).map(|_| (mu + sigma * stream.normal()).exp()).sum()
        } else {
            let n = payers as f64;
            let s2 = ((sigma * sigma).exp_m1() / n).ln_1p();
            n * mean_usd * (s2.sqrt() * stream.normal() - s2 / 2.0).exp()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    fn params() -> PayerParams {
        PayerParams {
            value_usd_per_install: vec![4.0],
            payer_share: 0.06,
            spend_log_sd: 2.0,
            day0_share: 0.33,
            age_slope: 1.1,
            horizon_days: 239.0,
            organic_value_ratio: 1.0,
        }
    }

    #[test]
    fn payment_curve_sums_to_one() {
        let p = params();
        let c = p.curve();
        let total: f64 =
            (0..N_STAGES - 1).map(|s| c.daily[s] * (STAGE_STARTS[s + 1] - STAGE_STARTS[s]) as f64).sum();
        assert!((total - 1.0).abs() < 1e-12);
        assert!((c.daily[0] - 0.33).abs() < 1e-12);
    }

    #[test]
    fn sum_keeps_mean_and_variance() {
        let p = params();
        let streams = Streams::new(5, 0);
        for payers in [3_u64, 24, 25, 400] {
            let n = 60_000_u64;
            let draws: Vec<f64> =
                (0..n).map(|k| p.draw_value(&mut streams.open(payers, k, 0), payers, 50.0)).collect();
            let mean = draws.iter().sum::<f64>() / n as f64;
            let sd = (payers as f64 * 2500.0 * (4.0_f64.exp() - 1.0)).sqrt();
            assert!((mean - 50.0 * payers as f64).abs() < 4.0 * sd / (n as f64).sqrt(), "{payers}: {mean}");
            // At σ = 0.5 the fourth moment is small enough for the variance to be seen.
            let mild = PayerParams { spend_log_sd: 0.5, ..params() };
            let draws: Vec<f64> =
                (0..n).map(|k| mild.draw_value(&mut streams.open(payers, k, 1), payers, 50.0)).collect();
            let mean = draws.iter().sum::<f64>() / n as f64;
            let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
            let fourth = draws.iter().map(|x| (x - mean).powi(4)).sum::<f64>() / n as f64;
            let exact = payers as f64 * 2500.0 * 0.25_f64.exp_m1();
            let error = ((fourth - variance * variance) / n as f64).sqrt();
            assert!((variance - exact).abs() < 4.0 * error, "{payers}: {variance} against {exact}");
        }
    }

    #[test]
    fn no_payers_no_value() {
        let p = params();
        assert!(p.draw_value(&mut Streams::new(5, 0).open(1, 1, 1), 0, 50.0).abs() < 1e-300);
    }

    #[test]
    fn top_payers_make_most_of_the_money() {
        // σ = 2: the top 5 % of payers make Φ(2 − z_.95) = 63.9 % of spend.
        let p = params();
        let streams = Streams::new(5, 1);
        let n = 100_000_usize;
        let mut spend: Vec<f64> =
            (0..n).map(|k| p.draw_value(&mut streams.open(1, k as u64, 0), 1, 50.0)).collect();
        spend.sort_by(|a, b| b.total_cmp(a));
        let share = spend[..n / 20].iter().sum::<f64>() / spend.iter().sum::<f64>();
        assert!((share - 0.639).abs() < 0.04, "{share}");
    }
}
