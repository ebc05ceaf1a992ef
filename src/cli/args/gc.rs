//! What may be typed for `gc`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::Format;

#[derive(Debug, Args)]
pub(crate) struct GcArgs {
    /// Folder of outcomes that are known, instead of the user's cache folder
    #[arg(long, value_name = "DIR", env = "BIDCAST_CACHE", value_hint = ValueHint::DirPath)]
    pub(crate) cache: Option<PathBuf>,
    /// Size that the cache may keep, such as 500MB; what was not used for longest goes first
    #[arg(long, value_name = "SIZE", default_value = "1GB", value_parser = size)]
    pub(crate) keep: u64,
    /// Remove what was not used for so long, such as 30d, whatever the size
    #[arg(long, value_name = "TIME", value_parser = age)]
    pub(crate) older_than: Option<Duration>,
    /// Folder of numbered runs, beside which killed programs may have left something; the runs stay
    #[arg(long, value_name = "DIR", default_value = "runs", value_hint = ValueHint::DirPath)]
    pub(crate) runs: PathBuf,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}

/// A number and the letters after it.
fn split(text: &str) -> Option<(f64, &str)> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let number = number.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0)?;
    Some((number, unit))
}

/// Reads `500MB`, `1.5GB`; a number alone is bytes.
fn size(text: &str) -> Result<u64, String> {
    let wrong = || "give a size such as 500MB or 1GB".to_owned();
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let bytes = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 1.0,
        "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        _ => return Err(wrong()),
    };
    Ok((number * bytes) as u64)
}

/// Reads `90m`, `12h`, `30d`, `4w`.
fn age(text: &str) -> Result<Duration, String> {
    let wrong = || "give a time such as 12h or 30d".to_owned();
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        "w" => 604_800.0,
        _ => return Err(wrong()),
    };
    Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_ages_have_units() {
        assert_eq!(
            (size("500MB"), size("1.5 GB"), size("0"), size("7kb")),
            (Ok(500_000_000), Ok(1_500_000_000), Ok(0), Ok(7_000))
        );
        assert_eq!(age("30d"), Ok(Duration::from_secs(30 * 86_400)));
        assert_eq!(age("0s"), Ok(Duration::ZERO));
        for wrong in ["", "GB", "-1MB", "1XB", "NaN", "1 G B"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "30", "d", "-1d", "1y"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }
}
