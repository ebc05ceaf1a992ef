//! A goal as it is typed: a statistic of a metric and year, and the value that it should have.

use bidcast::metrics::{METRICS, Unit, index_of};
use bidcast::scenario::nearest;
use bidcast::sensitivity;
use bidcast::stats::{mcse, mean, normal_critical, quantile, quantile_mcse, wilson};

use super::failure::{Failure, Status};

/// At which the error of a share is taken from its interval.
const CONFIDENCE: f64 = 0.95;

/// What is to be met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Goal {
    statistic: Statistic,
    /// Place of the metric in the registry.
    pub(crate) metric: usize,
    /// Year of the metric.
    pub(crate) year: i32,
    value: f64,
}

/// What is made of the values of the metric.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Statistic {
    Mean,
    Quantile(f64),
    Above(f64),
    Below(f64),
}

impl Goal {
    /// Reads `p50(market_total_usd_2026) = 6e9` and the like.
    ///
    /// # Errors
    /// A text that is no goal, with what it should be.
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        parse(text).map_err(|why| {
            Failure::message(Status::Usage, format!("`{text}` is no goal: {why}")).hint(
                "write mean(...), pNN(...) or prob(... > x), such as `p50(market_total_usd_2026) = 6e9`",
            )
        })
    }

    /// As the search takes it: quantiles are sought as shares of values above.
    pub(crate) fn sought(&self) -> sensitivity::Goal {
        match self.statistic {
            Statistic::Mean => sensitivity::Goal::Mean(self.value),
            Statistic::Quantile(p) => sensitivity::Goal::Share(1.0 - p),
            Statistic::Above(_) | Statistic::Below(_) => sensitivity::Goal::Share(self.value),
        }
    }

    /// A value of the metric as the search is told it.
    pub(crate) fn told(&self, x: f64) -> f64 {
        match self.statistic {
            Statistic::Mean => x,
            Statistic::Quantile(_) => f64::from(u8::from(x > self.value)),
            Statistic::Above(bound) => f64::from(u8::from(x > bound)),
            Statistic::Below(bound) => f64::from(u8::from(x < bound)),
        }
    }

    /// The statistic of some values, with its standard error.
    pub(crate) fn estimate(&self, values: &[f64]) -> (Option<f64>, Option<f64>) {
        match self.statistic {
            Statistic::Mean => (mean(values), mcse(values)),
            Statistic::Quantile(p) => {
                let mut sorted = values.to_vec();
                sorted.sort_by(f64::total_cmp);
                (quantile(&sorted, p), quantile_mcse(&sorted, p))
            }
            Statistic::Above(_) | Statistic::Below(_) => {
                let hits = values.iter().filter(|x| self.told(**x) > 0.5).count();
                // A share of 0 or 1 has an error too, hence that of Wilson's interval.
                let interval = wilson(hits, values.len(), CONFIDENCE).zip(normal_critical(CONFIDENCE));
                let share = (!values.is_empty()).then(|| hits as f64 / values.len() as f64);
                (share, interval.map(|(interval, critical)| interval.half_width() / critical))
            }
        }
    }

    /// Unit of the statistic.
    pub(crate) fn unit(&self) -> Unit {
        match self.statistic {
            Statistic::Mean | Statistic::Quantile(_) => METRICS[self.metric].unit,
            Statistic::Above(_) | Statistic::Below(_) => Unit::Share,
        }
    }

    /// The value that the statistic should have.
    pub(crate) fn value(&self) -> f64 {
        self.value
    }

    /// The statistic in words of the command line.
    pub(crate) fn of(&self) -> String {
        let quantity = format!("{}_{}", METRICS[self.metric].name, self.year);
        match self.statistic {
            Statistic::Mean => format!("mean({quantity})"),
            Statistic::Quantile(p) => format!("p{}({quantity})", (p * 1e9).round() / 1e7),
            Statistic::Above(bound) => format!("prob({quantity} > {bound})"),
            Statistic::Below(bound) => format!("prob({quantity} < {bound})"),
        }
    }
}

/// Reads a goal, or says what is wrong with it.
fn parse(text: &str) -> Result<Goal, String> {
    let (statistic, value) = text.rsplit_once('=').ok_or("it has no `=`")?;
    let value = number(value)?;
    let inner = statistic.trim().strip_suffix(')').ok_or("there is no `)` before the `=`")?;
    let (word, of) = inner.split_once('(').ok_or("there is no `(`")?;
    let (statistic, (metric, year)) = match word.trim() {
        "mean" => (Statistic::Mean, quantity(of)?),
        "prob" => {
            let at = of.find(['>', '<']).ok_or("`prob` needs an event, such as `hhi_2026 > 0.2`")?;
            let bound = number(&of[at + 1..])?;
            let above = of[at..].starts_with('>');
            (if above { Statistic::Above(bound) } else { Statistic::Below(bound) }, quantity(&of[..at])?)
        }
        word => {
            let percent = word.strip_prefix('p').and_then(|rest| rest.parse::<f64>().ok());
            let percent = percent.filter(|percent| *percent > 0.0 && *percent < 100.0);
            let percent = percent.ok_or_else(|| format!("`{word}` is none of mean, prob, p50, p2.5, ..."))?;
            (Statistic::Quantile(percent / 100.0), quantity(of)?)
        }
    };
    if matches!(statistic, Statistic::Above(_) | Statistic::Below(_)) && !(value > 0.0 && value < 1.0) {
        return Err(format!("a probability of {value} cannot be sought"));
    }
    Ok(Goal { statistic, metric, year, value })
}

/// Reads a number, or a percentage as a share.
fn number(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let (digits, scale) = text.strip_suffix('%').map_or((text, 1.0), |digits| (digits.trim_end(), 0.01));
    let number = digits.parse::<f64>().ok().filter(|number| number.is_finite());
    number.map(|number| number * scale).ok_or_else(|| format!("`{text}` is no number"))
}

/// Reads `market_total_usd_2026`.
fn quantity(text: &str) -> Result<(usize, i32), String> {
    let text = text.trim();
    let (name, year) = text.rsplit_once('_').ok_or_else(|| format!("`{text}` has no year"))?;
    let year = year.parse().map_err(|_| format!("`{text}` does not end in a year"))?;
    let metric = index_of(name).ok_or_else(|| {
        match nearest(name, METRICS.iter().map(|metric| metric.name)).first() {
            Some(near) => format!("there is no metric `{name}`; did you mean `{near}`?"),
            None => format!("there is no metric `{name}`"),
        }
    })?;
    Ok((metric, year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_read_as_they_are_written() {
        let goal = parse(" p2.5( market_total_usd_2026 )= 6e9").unwrap();
        assert_eq!((goal.statistic, goal.year), (Statistic::Quantile(0.025), 2026));
        assert_eq!((goal.of().as_str(), goal.value()), ("p2.5(market_total_usd_2026)", 6e9));
        assert_eq!(goal.sought(), sensitivity::Goal::Share(0.975));
        let goal = parse("prob(cr20_2025 < 80%) = 0.25").unwrap();
        assert_eq!((goal.told(0.7), goal.told(0.9), goal.unit()), (1.0, 0.0, Unit::Share));
        assert_eq!(parse("mean(hhi_2025)=0.02").unwrap().sought(), sensitivity::Goal::Mean(0.02));
    }

    #[test]
    fn what_is_no_goal_is_told_why() {
        for (text, why) in [
            ("p50(market_total_usd_2026)", "no `=`"),
            ("p50 market_total_usd_2026 = 1", "no `)`"),
            ("p0(market_total_usd_2026) = 1", "`p0`"),
            ("max(market_total_usd_2026) = 1", "`max`"),
            ("mean(market_total_2026) = 1", "did you mean `market_total_usd`"),
            ("mean(market_total_usd) = 1", "does not end in a year"),
            ("prob(hhi_2026) = 0.5", "needs an event"),
            ("prob(hhi_2026 > 0.1) = 1.5", "cannot be sought"),
            ("mean(hhi_2026) = NaN", "no number"),
        ] {
            let told = parse(text).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
    }

    #[test]
    fn estimates_have_errors_even_where_all_agree() {
        let goal = parse("prob(hhi_2026 > 0.1) = 0.5").unwrap();
        let (share, error) = goal.estimate(&[0.2, 0.3, 0.4, 0.5]);
        assert_eq!(share, Some(1.0));
        assert!(error.unwrap() > 0.1);
        assert_eq!(parse("p50(hhi_2026) = 0.5").unwrap().estimate(&[3.0, 1.0, 2.0]).0, Some(2.0));
    }
}
