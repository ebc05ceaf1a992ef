//! What may be typed for `identify`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::Format;

#[derive(Debug, Args)]
pub(crate) struct IdentifyArgs {
    /// Run folder of a calibration that came to its end
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) run: PathBuf,
    /// Run folder of a forecast from this posterior: what each target and each unknown means for it
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) forecast: Option<PathBuf>,
    /// Metric of the forecast
    #[arg(long, value_name = "METRIC", default_value = "market_total_usd", requires = "forecast")]
    pub(crate) metric: String,
    /// Year of the metric; the last one without it
    #[arg(long, value_name = "YEAR", requires = "forecast")]
    pub(crate) year: Option<i32>,
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}
