//! Shared by the tests of the simulated market: a small market with the economics of the base scenario, and statistics.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up should fail on the spot")]

use std::sync::OnceLock;

use bidcast::diagnostic::Diagnostics;
use bidcast::engine::{Record, simulate};
use bidcast::metrics::{Outcome, index_of, outcome};
use bidcast::scenario::{Layer, Overlay, Scenario, Shipped, shipped};

/// Master seed of all tests that do not compare seeds.
pub(crate) const SEED: u64 = 20_250_101;

/// Size of the small market relative to the base scenario.
const SCALE: f64 = 1.0 / 8.0;
/// Start population relative to the base scenario: larger, because the half year of growth before it is left out.
const START_SCALE: f64 = 1.0 / 4.0;

/// Overrides that make a market of an eighth of the size.
///
/// What is extensive (apps, entrants, impressions, purses, people) is divided by eight, what is intensive (prices, rates,
/// beliefs) stays, so each app meets the same competition per impression and per dollar as in the base scenario. Half a
/// year of warm-up and one reported year ([`YEAR_2025`], [`YEAR_2026`]) keep all mechanisms at work at a tenth of a second a
/// replication.
pub(crate) fn overrides() -> &'static [String] {
    static OVERRIDES: OnceLock<Vec<String>> = OnceLock::new();
    OVERRIDES.get_or_init(|| {
        let base = Scenario::load(&[]).unwrap();
        let spec = &base.parameters().spec;
        let array = |key: &str, values: &[f64]| {
            let scaled: Vec<String> = values.iter().map(|x| format!("{:?}", x * SCALE)).collect();
            format!("{key}=[{}]", scaled.join(", "))
        };
        let mut sets = vec![
            array("supply.addressable_impressions_per_day", &spec.supply.addressable_impressions_per_day),
            array("wallet.payers_usd_per_month", &spec.wallet.payers_usd_per_month),
            array("wallet.advertisers_usd_per_month", &spec.wallet.advertisers_usd_per_month),
            array("pool.reachable_people", &spec.pool.reachable_people),
        ];
        let entry = &spec.entry;
        for (key, rate) in [
            ("rate_low_apps_per_month", entry.rate_low_apps_per_month),
            ("rate_peak_apps_per_month", entry.rate_peak_apps_per_month),
            ("rate_late_apps_per_month", entry.rate_late_apps_per_month),
        ] {
            sets.push(format!("entry.{key}={:?}", rate * SCALE));
        }
        for (name, archetype) in &spec.archetype {
            // Rounded up: a kind that is there in the large market is there in the small one.
            sets.push(format!(
                "archetype.{name}.start_apps={:?}",
                (archetype.start_apps * START_SCALE).ceil()
            ));
        }
        sets
    })
}

/// First simulated, first reported and last day of the small market.
pub(crate) const YEAR_2025: [&str; 3] =
    ["run.start_date=2024-07-01", "run.report_from_date=2025-01-01", "run.end_date=2025-12-31"];
/// The same a year later, when the scenarios of the library happen.
const YEAR_2026: [&str; 3] =
    ["run.start_date=2025-07-01", "run.report_from_date=2026-01-01", "run.end_date=2026-12-31"];

/// The small market a year later, under a scenario of the library. Giants enter it, of which one is a market by itself: their
/// money is divided like all that is extensive.
pub(crate) fn small_2026(scenario: &str) -> Scenario {
    let base = Scenario::load(&[]).unwrap();
    let giants = base.parameters().spec.archetype.iter().filter(|(name, _)| name.ends_with("_giant"));
    let money: Vec<String> = giants
        .flat_map(|(name, giant)| {
            [
                ("start_cash_usd", giant.start_cash_usd),
                ("start_budget_usd_per_day", giant.start_budget_usd_per_day),
            ]
            .map(|(key, usd)| format!("archetype.{name}.{key}={:?}", usd * SCALE))
        })
        .collect();
    let sets: Vec<&str> = money.iter().map(String::as_str).collect();
    let shipped = shipped(scenario).unwrap_or_else(|problem| panic!("{problem}"));
    let layers: Vec<Layer> = shipped.iter().map(Shipped::layer).collect();
    let layers: Vec<&Layer> = layers.iter().collect();
    loaded(&YEAR_2026, &layers, &sets).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The small market with further overrides, as of `--set`.
pub(crate) fn small(sets: &[&str]) -> Scenario {
    small_over(&[], sets)
}

/// The small market with layers of text and then further overrides.
pub(crate) fn small_over(layers: &[&Layer], sets: &[&str]) -> Scenario {
    try_small_over(layers, sets).unwrap_or_else(|problems| panic!("{problems}"))
}

/// As [`small_over`], with the problems as a value.
pub(crate) fn try_small_over(layers: &[&Layer], sets: &[&str]) -> Result<Scenario, Diagnostics> {
    loaded(&YEAR_2025, layers, sets)
}

fn loaded(dates: &[&str], layers: &[&Layer], sets: &[&str]) -> Result<Scenario, Diagnostics> {
    let overlays: Vec<Overlay<'_>> = dates
        .iter()
        .copied()
        .chain(overrides().iter().map(String::as_str))
        .map(Overlay::Set)
        .chain(layers.iter().map(|layer| Overlay::File(layer)))
        .chain(sets.iter().map(|set| Overlay::Set(set)))
        .collect();
    Scenario::load(&overlays)
}

/// The record of a replication in which no law was broken.
pub(crate) fn record(scenario: &Scenario, replication: u64) -> Record {
    simulate(scenario, SEED, replication).unwrap_or_else(|violation| panic!("{violation}"))
}

/// The outcomes of the first `n` replications.
pub(crate) fn outcomes(scenario: &Scenario, n: u64) -> Vec<Outcome> {
    (0..n).map(|k| outcome(k, &record(scenario, k))).collect()
}

/// A metric of the reported year.
pub(crate) fn yearly(outcome: &Outcome, metric: &str) -> f64 {
    outcome.yearly[0][index_of(metric).unwrap()]
}

/// A generator of our own (SplitMix64, Steele et al. 2014), so that an oracle shares no draw and no code with the model.
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    /// Draws uniformly from the open interval (0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 * f64::EPSILON / 2.0 + f64::EPSILON / 4.0
    }
}

/// Mean, sample variance, and fourth central moment.
pub(crate) fn moments(values: &[f64]) -> (f64, f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, variance, values.iter().map(|x| (x - mean).powi(4)).sum::<f64>() / n)
}

/// Distance of the mean of `values` from `mean`, in standard errors.
pub(crate) fn z_of_mean(values: &[f64], mean: f64) -> f64 {
    let (found, variance, _) = moments(values);
    (found - mean) / (variance / values.len() as f64).sqrt()
}

/// Distance of the variance of `values` from `variance`, in standard errors.
pub(crate) fn z_of_variance(values: &[f64], variance: f64) -> f64 {
    let (_, found, fourth) = moments(values);
    (found - variance) / ((fourth - found * found) / values.len() as f64).sqrt()
}

/// Pearson's statistic of counts against expected counts, as a distance from its mean in its standard deviations, with
/// `degrees` of freedom (Wilson–Hilferty, so that one bound serves all degrees).
pub(crate) fn z_of_chi_square(counts: &[f64], expected: &[f64], degrees: f64) -> f64 {
    let chi2: f64 = counts.iter().zip(expected).map(|(n, e)| (n - e).powi(2) / e).sum();
    let c = 2.0 / (9.0 * degrees);
    ((chi2 / degrees).cbrt() - (1.0 - c)) / c.sqrt()
}

/// Largest distance of two empirical distribution functions, in units of `√((n + m)/(n m))`; ties are allowed.
///
/// Above 2.2 the samples have the same law with probability `2 exp(−2·2.2²)`, less than one in ten thousand.
pub(crate) fn kolmogorov_smirnov(a: &[f64], b: &[f64]) -> f64 {
    let sorted = |x: &[f64]| {
        let mut x = x.to_vec();
        x.sort_by(f64::total_cmp);
        x
    };
    let (a, b) = (sorted(a), sorted(b));
    let (n, m) = (a.len() as f64, b.len() as f64);
    let (mut i, mut j, mut largest) = (0, 0, 0.0_f64);
    while i < a.len() && j < b.len() {
        let x = a[i].min(b[j]);
        while i < a.len() && a[i] <= x {
            i += 1;
        }
        while j < b.len() && b[j] <= x {
            j += 1;
        }
        largest = largest.max((i as f64 / n - j as f64 / m).abs());
    }
    largest / ((n + m) / (n * m)).sqrt()
}
