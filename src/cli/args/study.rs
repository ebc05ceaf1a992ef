//! What may be typed for every study: threads, limits, folder, going on with what was begun.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use bidcast::store::study::Shard;
use clap::{Args, ValueEnum, ValueHint};

use super::Format;

/// How a study is run, where it is kept, how it is shown. Nothing here changes a result.
#[derive(Debug, Clone, Args)]
pub(crate) struct StudyArgs {
    #[command(flatten)]
    pub(crate) work: WorkArgs,
    /// Run folder to write; without it, runs are numbered under runs/
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Replace the run that is in the folder
    #[arg(long, requires = "out", conflicts_with = "resume", help_heading = "Output")]
    pub(crate) force: bool,
    /// Go on with the same study in the folder, if it was begun
    #[arg(long, requires = "out", help_heading = "Output")]
    pub(crate) resume: bool,
    /// Say how much there is to run, and from a pilot how long it takes and how much disk it needs; nothing is kept
    #[arg(long, help_heading = "Study")]
    pub(crate) dry_run: bool,
}

/// How the jobs of a study are run.
#[derive(Debug, Clone, Args)]
pub(crate) struct WorkArgs {
    /// Worker threads; 0 takes all cores. Results do not depend on it
    #[arg(short, long, value_name = "N", default_value_t = 0, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=1024))]
    pub(crate) jobs: u16,
    /// Run one of K shares of the study only, such as 1/4; `bidcast merge` puts the shares together
    #[arg(long, value_name = "I/K", default_value = "1/1", value_parser = shard, help_heading = "Study")]
    pub(crate) shard: Shard,
    /// Start no more replications after this long, such as 20m; `bidcast resume` goes on
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Study")]
    pub(crate) max_time: Option<Duration>,
    /// Give up on a replication that takes longer, such as 30s
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Study")]
    pub(crate) run_timeout: Option<Duration>,
    /// What a replication that fails does: it is left out and listed, up to one in a hundred, or it ends the study
    #[arg(long, value_enum, default_value_t = OnError::Skip, help_heading = "Study")]
    pub(crate) on_error: OnError,
    /// Simulate again what was simulated before
    #[arg(long, help_heading = "Study")]
    pub(crate) no_cache: bool,
    /// Folder of outcomes that are known, instead of the user's cache folder
    #[arg(long, value_name = "DIR", env = "BIDCAST_CACHE", value_hint = ValueHint::DirPath, help_heading = "Study")]
    pub(crate) cache: Option<PathBuf>,
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}

/// What a replication that fails does to its study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnError {
    /// It is left out and listed; above one in a hundred there is no result
    Skip,
    /// It ends the study
    Fail,
}

/// Reads `1/4`, counted from 1.
fn shard(text: &str) -> Result<Shard, String> {
    let wrong = || "give a share as I/K with 1 ≤ I ≤ K, such as 1/4".to_owned();
    let (index, of) = text.split_once('/').ok_or_else(wrong)?;
    let number = |text: &str| u64::from_str(text).map_err(|_| wrong());
    let (index, of) = (number(index)?, number(of)?);
    if index == 0 || index > of {
        return Err(wrong());
    }
    Ok(Shard { index: index - 1, of })
}

/// Reads `90s`, `20m`, `1.5h`; a number alone is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "give a time such as 90s, 20m or 1.5h".to_owned();
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let seconds = match unit {
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        _ => return Err(wrong()),
    };
    let number = f64::from_str(number).ok().filter(|number| *number > 0.0).ok_or_else(wrong)?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_counted_from_one() {
        assert_eq!(shard("1/1"), Ok(Shard::WHOLE));
        assert_eq!(shard("3/4"), Ok(Shard { index: 2, of: 4 }));
        for wrong in ["0/4", "5/4", "4", "a/b", "1/0", "-1/2", "1/4/2"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_have_units() {
        let seconds = |text| duration(text).map(|time| time.as_secs());
        assert_eq!(
            (seconds("90s"), seconds("20m"), seconds("1.5h"), seconds("7")),
            (Ok(90), Ok(1_200), Ok(5_400), Ok(7))
        );
        for wrong in ["", "0", "-3s", "3d", "NaN", "inf", "m"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
