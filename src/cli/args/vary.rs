//! What may be typed where parameters are varied: ranges, axes of a grid, designs.

use std::str::FromStr;

use bidcast::sampling::Sampler;
use clap::Args;

/// Which parameters are varied, and within what.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Parameters")]
pub(crate) struct VaryArgs {
    /// Vary a parameter evenly between two values, such as auction.theta=3:5, or a factor: supply.cpm_usd_per_mille*=0.8:1.2;
    /// repeatable
    #[arg(long, value_name = "PATH=LO:HI", conflicts_with = "params")]
    pub(crate) vary: Vec<Span>,
    /// Vary the parameters within what is believed of them: prior for what comes with the program, or prior:FILE
    #[arg(long, value_name = "SOURCE")]
    pub(crate) params: Option<String>,
}

/// A parameter between two values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Span {
    /// Path as of `--set`.
    pub(crate) path: String,
    /// Lowest value.
    pub(crate) low: f64,
    /// Highest value.
    pub(crate) high: f64,
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "give a parameter and its range as PATH=LO:HI, such as auction.theta=3:5".to_owned();
        let (path, range) = text.split_once('=').ok_or_else(wrong)?;
        let (low, high) = range.split_once(':').ok_or_else(wrong)?;
        let (low, high) = (number(low)?, number(high)?);
        if path.trim().is_empty() {
            return Err(wrong());
        }
        if !(low < high) {
            return Err(format!("{low} is not below {high}"));
        }
        Ok(Self { path: path.trim().to_owned(), low, high })
    }
}

/// A parameter and the values that it takes in turn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    /// Path as of `--set`.
    pub(crate) path: String,
    /// Its values.
    pub(crate) values: Vec<f64>,
}

impl FromStr for Axis {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            "give a parameter and its values as PATH=LO:HI:N or PATH=a,b,c, such as auction.theta=3:5:9"
                .to_owned()
        };
        let (path, values) = text.split_once('=').ok_or_else(wrong)?;
        let path = path.trim();
        if path.is_empty() || values.trim().is_empty() {
            return Err(wrong());
        }
        let values =
            if values.contains(':') {
                let ends: Vec<&str> = values.split(':').collect();
                let &[low, high, n] = ends.as_slice() else { return Err(wrong()) };
                let (low, high) = (number(low)?, number(high)?);
                let n: usize =
                    n.trim().parse().ok().filter(|n| (2..=100_000).contains(n)).ok_or_else(|| {
                        format!("`{}` is not a number of values from 2 to 100000", n.trim())
                    })?;
                even(low, high, n)
            } else {
                values.split(',').map(number).collect::<Result<_, _>>()?
            };
        Ok(Self { path: path.to_owned(), values })
    }
}

/// Values at equal distances, both ends included to the bit.
fn even(low: f64, high: f64, n: usize) -> Vec<f64> {
    let last = n - 1;
    (0..n).map(|k| if k == last { high } else { low + (high - low) * k as f64 / last as f64 }).collect()
}

fn number(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| format!("`{}` is not a number", text.trim()))
}

/// How points are placed, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    /// How they are placed.
    pub(crate) sampler: Sampler,
    /// How many.
    pub(crate) points: usize,
}

impl FromStr for Placed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "give a design and its number of points: lhs:512, sobol:512 or mc:512".to_owned();
        let (name, points) = text.split_once(':').ok_or_else(wrong)?;
        let sampler = match name {
            "lhs" => Sampler::Latin,
            "sobol" => Sampler::Sobol,
            "mc" => Sampler::Independent,
            _ => return Err(wrong()),
        };
        let points = points.parse().ok().filter(|n| (1..=1_000_000).contains(n)).ok_or_else(wrong)?;
        Ok(Self { sampler, points })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_two_numbers_in_order() {
        let span = "supply.cpm_usd_per_mille*=0.8:1.2".parse::<Span>();
        assert_eq!(span, Ok(Span { path: "supply.cpm_usd_per_mille*".into(), low: 0.8, high: 1.2 }));
        for wrong in ["a", "a=1", "a=1:1", "a=2:1", "a=x:1", "a=1:nan", "=1:2", "a=1:2:3"] {
            assert!(wrong.parse::<Span>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_axis_is_a_range_in_steps_or_a_list() {
        let values = |text: &str| text.parse::<Axis>().map(|axis| axis.values);
        assert_eq!(values("a=0:1:5"), Ok(vec![0.0, 0.25, 0.5, 0.75, 1.0]));
        assert_eq!(values("a=5:3:2"), Ok(vec![5.0, 3.0]));
        assert_eq!(values("a=3, 5,4"), Ok(vec![3.0, 5.0, 4.0]));
        // The last value is the end as it was written, whatever the steps round to.
        assert_eq!(values("a=0:0.3:4").map(|values| values[3].to_bits()), Ok(0.3_f64.to_bits()));
        for wrong in ["a", "a=", "=1,2", "a=0:1", "a=0:1:1", "a=0:1:x", "a=1,,2", "a=1;2", "a=0:1:2:3"] {
            assert!(wrong.parse::<Axis>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_design_has_a_name_and_a_size() {
        assert_eq!("sobol:64".parse(), Ok(Placed { sampler: Sampler::Sobol, points: 64 }));
        for wrong in ["sobol", "sobol:0", "grid:4", "lhs:x", ":4"] {
            assert!(wrong.parse::<Placed>().is_err(), "{wrong}");
        }
    }
}
