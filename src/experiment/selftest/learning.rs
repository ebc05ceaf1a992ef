//! Beliefs: intervals hold what they promise, and evidence fades as it should.

use statrs::function::gamma::checked_gamma_lr;

use super::check::{Answer, Check};
use super::draws::{Subject, moments, share_is, streams, with_base};
use crate::mechanisms::learning::{
    LONGEST_REPORT_DELAY_DAYS, LearningParams, Unreported, discounted, mean_by_count, next_report,
};

/// Rates that are learned.
const RATES: u64 = 20_000;
/// Mean conversion rate.
const MEAN: f64 = 0.004;
/// Impressions at which a rate is learned: a dozen conversions on average.
const EXPOSURE: f64 = 3_000.0;

pub(super) const COVERAGE: Check = Check {
    name: "posterior_coverage",
    about: "share of rates, drawn from the prior, that lie in their 90 % posterior interval",
    source: "Gelman et al., Bayesian Data Analysis, §2.6: Gamma–Poisson",
    run: || with_base(|base| coverage(base.learning.prior_conversions, mean_by_count)),
};

/// Coverage when `estimate` works out the posterior mean.
fn coverage(n0: f64, estimate: fn(f64, f64, f64, f64) -> f64) -> Answer {
    let mut stream = streams(Subject::Learning).open(1, 0, 0);
    let mut covered = 0;
    for _ in 0..RATES {
        let rate = stream.gamma(n0) * MEAN / n0;
        let count = stream.poisson(rate * EXPOSURE) as f64;
        // The posterior is a gamma distribution of this shape around the estimate.
        let shape = n0 + count;
        let inverse_scale = shape / estimate(n0, MEAN, count, EXPOSURE);
        let below = checked_gamma_lr(shape, rate * inverse_scale).unwrap_or(f64::NAN);
        covered += u64::from(below > 0.05 && below < 0.95);
    }
    share_is(0.9, covered, RATES)
}

pub(super) const SHRINKAGE: Check = Check {
    name: "posterior_mean_error",
    about: "mean squared error of the believed rate, relative to the prior's, against n0/(n0 + expected count)",
    source: "Gamma–Poisson: posterior variance averages prior variance × n0/(n0 + E[count])",
    run: || with_base(|base| shrinkage(base.learning.prior_conversions, mean_by_count)),
};

fn shrinkage(n0: f64, estimate: fn(f64, f64, f64, f64) -> f64) -> Answer {
    let mut stream = streams(Subject::Learning).open(2, 0, 0);
    let squares: Vec<f64> = (0..4 * RATES)
        .map(|_| {
            let rate = stream.gamma(n0) * MEAN / n0;
            let count = stream.poisson(rate * EXPOSURE) as f64;
            ((estimate(n0, MEAN, count, EXPOSURE) - rate) / MEAN).powi(2) * n0
        })
        .collect();
    moments(&squares).mean_is(n0 / (n0 + MEAN * EXPOSURE))
}

pub(super) const FORGETTING: Check = Check {
    name: "evidence_kept",
    about: "evidence after years of one conversion a day against 1/(1 - memory)",
    source: "geometric series; West & Harrison, §2.3",
    run: || {
        with_base(|base| {
            let memory = base.learning.conversion_memory_per_day;
            let kept = (0..2_000).fold(0.0, |evidence, _| discounted(evidence, memory, 1.0));
            Answer::rounding(1.0 / (1.0 - memory), kept)
        })
    },
};

pub(super) const REPORTS: Check = Check {
    name: "reports_once",
    about: "conversions reported of a hundred a day for ten days, early and late, against all of them",
    source: "conservation: each is reported once",
    run: || with_base(|base| reports(&base.learning, LONGEST_REPORT_DELAY_DAYS)),
};

/// Conversions reported when one waits `patience` days for the last of them.
fn reports(learning: &LearningParams, patience: usize) -> Answer {
    let mut later = Unreported::default();
    let mut reported = 0.0;
    for _ in 0..10 {
        reported += next_report(&mut later);
        reported += learning.report(100.0, &mut later);
    }
    reported += (0..patience).map(|_| next_report(&mut later)).sum::<f64>();
    Answer::rounding(1_000.0, reported)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A belief that counts each conversion twice.
    fn hasty(n0: f64, mean: f64, count: f64, exposure: f64) -> f64 {
        mean_by_count(n0, mean, 2.0 * count, 2.0 * exposure)
    }

    #[test]
    fn beliefs_that_count_twice_are_noticed() {
        assert!(coverage(3.0, mean_by_count).passed() && !coverage(3.0, hasty).passed());
        assert!(shrinkage(3.0, mean_by_count).passed() && !shrinkage(3.0, hasty).passed());
    }

    #[test]
    fn a_report_that_does_not_come_is_noticed() {
        let answer = with_base(|base| reports(&base.learning, LONGEST_REPORT_DELAY_DAYS - 1));
        assert!(!answer.passed() && answer.got.is_finite());
    }
}
