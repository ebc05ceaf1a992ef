//! What may be typed for `forecast`.

use bidcast::sampling::Sampler;
use clap::{Args, ValueEnum};

use super::{ScenarioArgs, StudyArgs, Thoroughness};

#[derive(Debug, Args)]
pub(crate) struct ForecastArgs {
    #[command(flatten)]
    pub(crate) scenario: ScenarioArgs,
    /// Parameters: drawn from a fit (posterior, or posterior:RUN of your own), from what is believed of them (prior, or
    /// prior:FILE), or one set of them (point); without it the shipped posterior, in a market of your own one point
    #[arg(long, value_name = "SOURCE", help_heading = "Study")]
    pub(crate) params: Option<String>,
    /// Leave out of the intervals what the model leaves out, which grows with the horizon
    #[arg(long, help_heading = "Study")]
    pub(crate) no_discrepancy: bool,
    /// How thorough: sets the number of replications
    #[arg(long, value_enum, default_value_t = Thoroughness::Standard, help_heading = "Study")]
    pub(crate) profile: Thoroughness,
    /// Number of draws of the parameters, or of replications of the one set, instead of the profile's
    #[arg(short = 'n', long, value_name = "N", help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) draws: Option<u64>,
    /// Replications of each draw; auto asks a pilot which number tells parameters from chance best
    #[arg(long, value_name = "M|auto", default_value = "2", value_parser = reps, help_heading = "Study")]
    pub(crate) reps: Reps,
    /// How draws of the parameters are placed
    #[arg(long, value_enum, default_value_t = Placing::Sobol, help_heading = "Study")]
    pub(crate) sampler: Placing,
    /// Independent randomizations of the draws, whose spread gives the error of every figure
    #[arg(long, value_name = "R", default_value_t = 8, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u16).range(2..=64))]
    pub(crate) randomizations: u16,
    /// Stop as soon as this is precise enough, such as "rel_hw(mean(market_total_usd_2026)) < 1%"; repeatable, all must hold
    #[arg(long, value_name = "RULE", help_heading = "Study")]
    pub(crate) until: Vec<String>,
    /// Probability to report, such as "market_total_usd_2026 > 5e9"; repeatable
    #[arg(long, value_name = "EVENT", help_heading = "Study")]
    pub(crate) prob: Vec<String>,
    /// Master seed, instead of the scenario's
    #[arg(long, value_name = "SEED", help_heading = "Study")]
    pub(crate) seed: Option<u64>,
    /// Enter the forecast in forecasts/ledger.jsonl, to be scored when the figures are known
    #[arg(long, help_heading = "Output")]
    pub(crate) freeze: bool,
    #[command(flatten)]
    pub(crate) study: StudyArgs,
}

/// Replications of each draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reps {
    /// So many.
    Fixed(u64),
    /// As many as a pilot advises.
    Auto,
}

/// How draws are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Placing {
    /// Scrambled Sobol' points: the most even; draws in powers of two
    Sobol,
    /// Latin hypercubes: even in each parameter; any number of draws
    Lhs,
    /// Independent draws
    Mc,
}

impl From<Placing> for Sampler {
    fn from(placing: Placing) -> Self {
        match placing {
            Placing::Sobol => Self::Sobol,
            Placing::Lhs => Self::Latin,
            Placing::Mc => Self::Independent,
        }
    }
}

fn reps(text: &str) -> Result<Reps, String> {
    match (text, text.parse()) {
        ("auto", _) => Ok(Reps::Auto),
        (_, Ok(reps @ 1..=1_000)) => Ok(Reps::Fixed(reps)),
        _ => Err("give a number from 1 to 1000, or auto".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replications_are_a_number_or_auto() {
        assert_eq!((reps("auto"), reps("2")), (Ok(Reps::Auto), Ok(Reps::Fixed(2))));
        for wrong in ["0", "1001", "two", ""] {
            assert!(reps(wrong).is_err(), "{wrong}");
        }
    }
}
