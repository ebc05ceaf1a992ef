//! What may be typed for `seek`.

use clap::Args;

use super::{ScenarioArgs, StudyArgs};

#[derive(Debug, Args)]
pub(crate) struct SeekArgs {
    /// Parameter that is moved, such as supply.addressable_impressions_per_day*: all of an array by the same factor
    #[arg(long, value_name = "PATH", help_heading = "What to seek")]
    pub(crate) lever: String,
    /// Lowest and highest value of the lever
    #[arg(long, value_name = "LO,HI", value_parser = bracket, allow_hyphen_values = true, help_heading = "What to seek")]
    pub(crate) bracket: (f64, f64),
    /// What is to be met: mean(...), pNN(...) or prob(... > x) of a metric and year, such as "p50(market_total_usd_2026) = 6e9"
    #[arg(long, value_name = "GOAL", help_heading = "What to seek")]
    pub(crate) goal: String,
    /// Width of the interval that is narrow enough, in the unit of the lever; a fiftieth of the bracket without it
    #[arg(long, value_name = "WIDTH", help_heading = "What to seek")]
    pub(crate) tol: Option<f64>,
    /// Confidence of the interval, in per cent
    #[arg(long, value_name = "PERCENT", default_value_t = 95.0, help_heading = "What to seek")]
    pub(crate) level: f64,
    #[command(flatten)]
    pub(crate) scenario: ScenarioArgs,
    /// Most replications to run
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1_000, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u64).range(16..=1_000_000))]
    pub(crate) max_runs: u64,
    /// Master seed, instead of the scenario's
    #[arg(long, value_name = "SEED", help_heading = "Study")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) study: StudyArgs,
}

/// Reads `0.5,2`.
fn bracket(text: &str) -> Result<(f64, f64), String> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|x| x.is_finite());
    let ends = text.split_once(',').and_then(|(low, high)| Some((number(low)?, number(high)?)));
    match ends {
        Some((low, high)) if low < high => Ok((low, high)),
        _ => Err("give the lowest and the highest value, such as 0.5,2".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracket_goes_up() {
        assert_eq!(bracket("0.5, 2"), Ok((0.5, 2.0)));
        assert_eq!(bracket("-3,-1e-2"), Ok((-3.0, -0.01)));
        for wrong in ["", "1", "2,1", "1,1", "a,b", "1,NaN", "1,inf", "1,2,3"] {
            assert!(bracket(wrong).is_err(), "{wrong}");
        }
    }
}
