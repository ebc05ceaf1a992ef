//! What can be wrong with a design or a correlation, and what to do about it.

use thiserror::Error;

/// Why points cannot be placed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DesignError {
    /// There is nothing to draw.
    #[error("a design needs at least one point and one randomization")]
    NoPoints,
    /// None, or more than the sampler has.
    #[error("a design cannot have {dimensions} dimensions")]
    Dimensions {
        /// As asked for.
        dimensions: usize,
        /// The most there are.
        most: usize,
    },
    /// Randomizations of different size.
    #[error("{points} points cannot be shared evenly by {randomizations} randomizations")]
    Shares {
        /// Points in all.
        points: usize,
        /// Randomizations that should share them.
        randomizations: usize,
    },
    /// Sobol' points are even in powers of two only.
    #[error("{points} points in {randomizations} randomizations of Sobol' are not a power of two each")]
    PowerOfTwo {
        /// Points in all.
        points: usize,
        /// Randomizations that share them.
        randomizations: usize,
    },
}

impl DesignError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match *self {
            Self::NoPoints => "take 1024 points in 8 randomizations".to_owned(),
            Self::Dimensions { dimensions: 0, .. } => "name at least one uncertain parameter".to_owned(),
            Self::Dimensions { most, .. } => format!("take at most {most}, or the sampler `latin`"),
            Self::Shares { points, randomizations } => {
                let below = points - points % randomizations;
                let above = below.saturating_add(randomizations);
                let divisor = (1..=points)
                    .take(1 << 16)
                    .filter(|d| points.is_multiple_of(*d))
                    .min_by_key(|d| d.abs_diff(randomizations))
                    .unwrap_or(1);
                let fewer = if below > 0 { format!("{below} or ") } else { String::new() };
                format!("take {fewer}{above} points, or {divisor} randomizations")
            }
            Self::PowerOfTwo { points, randomizations } => {
                let each = (points / randomizations.max(1)).clamp(1, 1 << 31);
                let above = each.next_power_of_two();
                let (below, above) = (above / 2 * randomizations, above * randomizations);
                format!("take {below} or {above} points, or the sampler `latin`")
            }
        }
    }
}

/// Why correlations cannot hold together.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CopulaError {
    /// A parameter that is not drawn.
    #[error("a correlation names `{name}`, which is no uncertain parameter")]
    Unknown {
        /// As given.
        name: String,
        /// Those that look alike, nearest first.
        near: Vec<String>,
    },
    /// A parameter with itself.
    #[error("`{name}` is correlated with itself")]
    Itself {
        /// As given.
        name: String,
    },
    /// Two numbers for one pair.
    #[error("the correlation of `{first}` and `{second}` is given twice")]
    Twice {
        /// One parameter.
        first: String,
        /// The other.
        second: String,
    },
    /// Outside (-1, 1).
    #[error("the Spearman correlation of `{first}` and `{second}` is {spearman}")]
    Range {
        /// One parameter.
        first: String,
        /// The other.
        second: String,
        /// As given.
        spearman: f64,
    },
    /// No joint distribution has all of them.
    #[error(
        "the correlations contradict each other: with the others, that of `{first}` and `{second}` cannot be {spearman}"
    )]
    Contradiction {
        /// One parameter.
        first: String,
        /// The other.
        second: String,
        /// As given.
        spearman: f64,
        /// All correlations times this are possible.
        factor: f64,
    },
}

impl CopulaError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unknown { near, .. } if !near.is_empty() => {
                format!("did you mean `{}`?", near.join("` or `"))
            }
            Self::Unknown { .. } => "name parameters that have a distribution".to_owned(),
            Self::Itself { .. } => "name two different parameters".to_owned(),
            Self::Twice { .. } => "keep one of the two".to_owned(),
            Self::Range { .. } => {
                "take a number between -1 and 1; for exactly ±1 let one parameter follow from the other"
                    .to_owned()
            }
            Self::Contradiction { factor, .. } => {
                format!(
                    "bring it nearer to what the others imply, or shrink all of them by a factor of {factor:.2}"
                )
            }
        }
    }
}
