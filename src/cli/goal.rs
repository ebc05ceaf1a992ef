//! A goal as the search takes it: what each run is told as, what stands beside it in tables.

use bidcast::experiment::expression::{Goal as Written, Statistic};
use bidcast::metrics::Unit;
use bidcast::sensitivity;
use bidcast::stats::{Estimand, estimate, mcse, normal_critical, quantile_mcse};

use super::failure::{Failure, wrong};

/// At which the error of a share is taken from its interval.
const CONFIDENCE: f64 = 0.95;

/// What is to be met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Goal(Written);

impl Goal {
    /// Reads `p50(market_total_usd_2026) = 6e9` and the like.
    ///
    /// # Errors
    /// A text that is no goal, with what it should be.
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        text.parse().map(Self).map_err(wrong)
    }

    /// The goal as it is written.
    pub(crate) fn written(&self) -> Written {
        self.0
    }

    /// As the search takes it: quantiles are sought as shares of values above.
    pub(crate) fn sought(&self) -> sensitivity::Goal {
        match self.0.statistic {
            Statistic::Mean(_) => sensitivity::Goal::Mean(self.0.value),
            Statistic::Quantile(p, _) => sensitivity::Goal::Share(1.0 - p),
            Statistic::Prob(_) => sensitivity::Goal::Share(self.0.value),
        }
    }

    /// A value of the metric as the search is told it.
    pub(crate) fn told(&self, x: f64) -> f64 {
        match self.0.statistic {
            Statistic::Mean(_) => x,
            Statistic::Quantile(..) => f64::from(u8::from(x > self.0.value)),
            Statistic::Prob(event) => f64::from(u8::from(event.holds(x))),
        }
    }

    /// The statistic of some values, with its standard error.
    pub(crate) fn estimate(&self, values: &[f64]) -> (Option<f64>, Option<f64>) {
        let estimand = self.0.statistic.estimand();
        let Some((found, interval)) = estimate(estimand, values, CONFIDENCE) else { return (None, None) };
        let error = match estimand {
            Estimand::Mean => mcse(values),
            Estimand::Quantile(p) => {
                let mut sorted = values.to_vec();
                sorted.sort_by(f64::total_cmp);
                quantile_mcse(&sorted, p)
            }
            // A share of 0 or 1 has an error too, hence that of Wilson's interval.
            Estimand::Above(_) | Estimand::Below(_) => {
                let half = interval.zip(normal_critical(CONFIDENCE));
                half.map(|(interval, critical)| interval.half_width() / critical)
            }
        };
        (Some(found), error)
    }

    /// Unit of the statistic.
    pub(crate) fn unit(&self) -> Unit {
        match self.0.statistic {
            Statistic::Prob(_) => Unit::Share,
            statistic => statistic.quantity().metric().map_or(Unit::Ratio, |metric| metric.unit),
        }
    }

    /// The value that the statistic should have.
    pub(crate) fn value(&self) -> f64 {
        self.0.value
    }

    /// The statistic in words of the command line.
    pub(crate) fn of(&self) -> String {
        self.0.statistic.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Goal {
        Goal(text.parse().unwrap())
    }

    #[test]
    fn runs_are_told_as_what_is_sought() {
        let goal = read("p2.5(market_total_usd_2026) = 6e9");
        assert_eq!((goal.told(5e9), goal.told(7e9), goal.value()), (0.0, 1.0, 6e9));
        assert_eq!(goal.sought(), sensitivity::Goal::Share(0.975));
        let goal = read("prob(cr20_2025 < 80%) = 0.25");
        assert_eq!((goal.told(0.7), goal.told(0.9), goal.unit()), (1.0, 0.0, Unit::Share));
        assert_eq!(read("mean(hhi_2025)=0.02").sought(), sensitivity::Goal::Mean(0.02));
    }

    #[test]
    fn estimates_have_errors_even_where_all_agree() {
        let (share, error) = read("prob(hhi_2026 > 0.1) = 0.5").estimate(&[0.2, 0.3, 0.4, 0.5]);
        assert_eq!(share, Some(1.0));
        assert!(error.unwrap() > 0.1);
        assert_eq!(read("p50(hhi_2026) = 0.5").estimate(&[3.0, 1.0, 2.0]).0, Some(2.0));
    }
}
