//! A check and its answer: what was expected, what came out, and how far apart they may be.

/// Standard errors that a sampled number may be off: beyond it lies one honest sample in sixteen thousand.
pub(super) const STANDARD_ERRORS: f64 = 4.0;
/// What the order and the number of floating-point operations may change, relative.
const ROUNDING: f64 = 1e-11;

/// A known answer of the program, asked for again.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Name, unique.
    pub name: &'static str,
    /// What is compared with what.
    pub about: &'static str,
    /// Where the expected answer comes from.
    pub source: &'static str,
    /// Works the answer out.
    pub run: fn() -> Answer,
}

/// Why an answer may differ from what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is the mean of draws: the tolerance is four standard errors.
    Chance,
    /// It is arithmetic: the tolerance is what rounding can change.
    Rounding,
    /// The closed form is a limit: the tolerance is the stated error of the approximation.
    Approximation,
}

impl Kind {
    /// Its name in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chance => "chance",
            Self::Rounding => "rounding",
            Self::Approximation => "approximation",
        }
    }
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// What theory says.
    pub expected: f64,
    /// What the program says.
    pub got: f64,
    /// How far apart they may be.
    pub tolerance: f64,
    /// Why they may be apart at all.
    pub kind: Kind,
}

impl Answer {
    /// An answer with a standard error.
    pub(super) fn chance(expected: f64, got: f64, standard_error: f64) -> Self {
        Self { expected, got, tolerance: STANDARD_ERRORS * standard_error, kind: Kind::Chance }
    }

    /// An answer that is equal but for rounding.
    pub(super) fn rounding(expected: f64, got: f64) -> Self {
        Self { expected, got, tolerance: ROUNDING * expected.abs(), kind: Kind::Rounding }
    }

    /// An answer that a limit gives up to a relative error.
    pub(super) fn limit(expected: f64, got: f64, relative: f64) -> Self {
        Self { expected, got, tolerance: relative * expected.abs(), kind: Kind::Approximation }
    }

    /// Numbers that must all be right to `allowed`, absolute: 1 and the largest error, against 1. No pairs, no answer.
    pub(super) fn errors(pairs: impl IntoIterator<Item = (f64, f64)>, allowed: f64) -> Self {
        let errors = pairs.into_iter().map(|(expected, got)| (got - expected).abs());
        // What is not a number is farther off than anything.
        let largest =
            errors.reduce(|worst, error| if worst.is_nan() || error <= worst { worst } else { error });
        largest.map_or_else(Self::none, |largest| Self {
            expected: 1.0,
            got: 1.0 + largest,
            tolerance: allowed,
            kind: Kind::Approximation,
        })
    }

    /// Of several answers that must all be right, the one that is closest to being wrong, or is.
    pub(super) fn hardest(answers: impl IntoIterator<Item = Self>) -> Self {
        let strain = |answer: &Self| (answer.got - answer.expected).abs() / answer.tolerance;
        let harder = |one: Self, other: Self| {
            if strain(&one).is_nan() || strain(&other) <= strain(&one) { one } else { other }
        };
        answers.into_iter().reduce(harder).unwrap_or_else(Self::none)
    }

    /// No answer: what was needed to work it out is not there. It never passes.
    pub(super) fn none() -> Self {
        Self { expected: f64::NAN, got: f64::NAN, tolerance: 0.0, kind: Kind::Rounding }
    }

    /// Whether it is close enough. What is not a number, or has no finite tolerance, is not.
    pub fn passed(&self) -> bool {
        self.tolerance.is_finite() && (self.got - self.expected).abs() <= self.tolerance
    }

    /// Distance from what is expected: in standard errors for a mean of draws, else relative.
    pub fn off_by(&self) -> f64 {
        let off = (self.got - self.expected).abs();
        match self.kind {
            Kind::Chance => STANDARD_ERRORS * off / self.tolerance,
            Kind::Rounding | Kind::Approximation if off > 0.0 => off / self.expected.abs(),
            Kind::Rounding | Kind::Approximation => off,
        }
    }

    /// The tolerance in the terms of [`Answer::off_by`].
    pub fn allowed(&self) -> f64 {
        match self.kind {
            Kind::Chance => STANDARD_ERRORS,
            Kind::Rounding | Kind::Approximation => self.tolerance / self.expected.abs(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_number_never_passes() {
        assert!(!Answer::none().passed());
        assert!(!Answer::rounding(1.0, f64::NAN).passed());
        assert!(!Answer::chance(1.0, 1.0, f64::NAN).passed());
        assert!(!Answer::chance(1.0, 1.5, f64::INFINITY).passed());
        assert!(!Answer::rounding(f64::INFINITY, f64::INFINITY).passed());
    }

    #[test]
    fn of_many_numbers_the_worst_decides() {
        let right = [(0.5, 0.51), (0.2, 0.2)];
        assert!(Answer::errors(right, 0.02).passed());
        assert!(!Answer::errors(right, 0.005).passed());
        // Wherever it stands: a number after it must not hide it.
        assert!(!Answer::errors([(0.5, f64::NAN), (0.2, 0.2)], 0.02).passed());
        assert!(!Answer::errors([], 0.02).passed() && !Answer::hardest([]).passed());
        let (far, near) = (Answer::chance(1.0, 1.3, 0.1), Answer::chance(5.0, 5.1, 1.0));
        assert_eq!(Answer::hardest([near, far, near]), far);
        assert!(!Answer::hardest([near, Answer::chance(1.0, f64::NAN, 0.1), near]).passed());
    }

    #[test]
    fn distances_are_in_the_terms_of_the_tolerance() {
        let four_and_a_bit = Answer::chance(10.0, 10.41, 0.1);
        assert!(!four_and_a_bit.passed() && (four_and_a_bit.off_by() - 4.1).abs() < 1e-9);
        assert!(Answer::chance(10.0, 10.39, 0.1).passed());
        let half_a_percent = Answer::limit(200.0, 201.0, 0.01);
        assert!(half_a_percent.passed() && (half_a_percent.off_by() - 0.005).abs() < 1e-12);
        assert!((half_a_percent.allowed() - 0.01).abs() < 1e-12);
        assert!(!Answer::rounding(1.0, 1.0 + 1e-9).passed());
    }
}
