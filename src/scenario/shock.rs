//! Shocks: paths of parameters in time, never branches in code.
//!
//! A shock multiplies or sets one registered parameter (or some elements of it, by region, channel or month) from a date
//! on, with a ramp, until an optional end. All shocks of a scenario are resolved before the first day into a list of
//! (day, whole set of parameters); the engine only swaps the set. A shock says why, on which basis, and where its size comes
//! from: there is no shock without a source or an explicit judgement.

use serde::Deserialize;

use crate::diagnostic::Diagnostic;
use crate::scenario::registry::Basis;
use crate::units::Date;

/// A shock as written in a file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShockSpec {
    /// What it is called.
    pub name: String,
    /// Path of the parameter, such as `cash.store_fee_share`.
    pub parameter: String,
    /// First day, YYYY-MM-DD.
    pub date: String,
    /// Days until full size; 0 for at once.
    #[serde(default)]
    pub ramp_days: i64,
    /// Last day, YYYY-MM-DD; for ever when absent.
    pub end_date: Option<String>,
    /// Multiplies the parameter at full size.
    pub factor: Option<f64>,
    /// Replaces the parameter at full size.
    pub value: Option<f64>,
    /// Elements concerned, by name of region or channel; all when absent.
    #[serde(default)]
    pub only: Vec<String>,
    /// Says that it is meant for apps born later: for a parameter that is read at birth, where living apps stay as they are.
    #[serde(default)]
    pub entrants_only: bool,
    /// Why it may happen.
    pub why: String,
    /// Kind of evidence for the size, as a letter: S, P, E or J.
    pub basis: String,
    /// Where the size comes from.
    pub source: String,
}

/// A checked shock.
#[derive(Debug, Clone, PartialEq)]
pub struct Shock {
    /// What was written.
    pub spec: ShockSpec,
    /// First day.
    pub from: i64,
    /// Day after the last, if it ends.
    pub until: Option<i64>,
    /// Elements concerned; all when empty.
    pub elements: Vec<usize>,
    /// Kind of evidence for the size.
    pub basis: Basis,
}

/// Steps in which a ramp is climbed: fine against the market's own speed, few against the cost of a new set.
const RAMP_STEPS: i64 = 12;

impl Shock {
    /// Checks a shock; `axis` holds the names of the parameter's elements, in order, and is empty for a single number.
    ///
    /// # Errors
    /// The first problem, as a diagnostic keyed by the field.
    pub fn try_new(spec: ShockSpec, axis: &[String]) -> Result<Self, Box<Diagnostic>> {
        let day = |key: &str, text: &str| {
            text.parse::<Date>().map(Date::to_day).map_err(|e| {
                Box::new(Diagnostic::error(e.to_string()).with_key(key).hint("write YYYY-MM-DD"))
            })
        };
        let from = day("date", &spec.date)?;
        let until = spec.end_date.as_deref().map(|text| day("end_date", text)).transpose()?.map(|d| d + 1);
        if until.is_some_and(|until| until <= from) {
            return Err(Box::new(
                Diagnostic::error("the shock ends before it starts")
                    .with_key("end_date")
                    .hint("move `end_date` on"),
            ));
        }
        if spec.ramp_days < 0 {
            return Err(Box::new(
                Diagnostic::error("a ramp cannot be negative")
                    .with_key("ramp_days")
                    .hint("use 0 for at once"),
            ));
        }
        match (spec.factor, spec.value) {
            (Some(x), None) if x.is_finite() && x >= 0.0 => {}
            (None, Some(x)) if x.is_finite() => {}
            (Some(x), None) => {
                return Err(Box::new(
                    Diagnostic::error(format!("a factor of {x} is not a number ≥ 0")).with_key("factor"),
                ));
            }
            _ => {
                return Err(Box::new(
                    Diagnostic::error("a shock needs exactly one of `factor` and `value`")
                        .with_key("factor")
                        .hint("`factor = 0.5` halves the parameter, `value = 0.1` replaces it"),
                ));
            }
        }
        for (key, text) in [("name", &spec.name), ("why", &spec.why), ("source", &spec.source)] {
            if text.trim().is_empty() {
                return Err(Box::new(
                    Diagnostic::error(format!("`{key}` of a shock is empty")).with_key(key).hint(
                        "what nobody can name a source for is called a judgement: `source = \"judgement\"`",
                    ),
                ));
            }
        }
        let basis = basis(&spec.basis)?;
        let mut elements = Vec::new();
        for name in &spec.only {
            match axis.iter().position(|n| n == name) {
                Some(index) => elements.push(index),
                None => {
                    let hint = if axis.is_empty() {
                        "the parameter is a single number: leave `only` out".to_owned()
                    } else {
                        format!("its elements are {}", axis.join(", "))
                    };
                    let wrong = format!("`{}` has no element `{name}`", spec.parameter);
                    return Err(Box::new(Diagnostic::error(wrong).with_key("only").hint(hint)));
                }
            }
        }
        Ok(Self { spec, from, until, elements, basis })
    }

    /// Days on which the shock's size changes.
    pub fn change_days(&self) -> Vec<i64> {
        let ramp = self.spec.ramp_days;
        let mut days = vec![self.from];
        for step in 1..=RAMP_STEPS.min(ramp) {
            days.push(self.from + ramp * step / RAMP_STEPS.min(ramp));
        }
        if let Some(until) = self.until {
            days.retain(|d| *d < until);
            days.push(until);
        }
        days
    }

    /// Size on a day: 0 before and after, 1 at full size.
    pub fn intensity(&self, day: i64) -> f64 {
        if day < self.from || self.until.is_some_and(|until| day >= until) {
            return 0.0;
        }
        let ramp = self.spec.ramp_days;
        if ramp == 0 {
            return 1.0;
        }
        ((day - self.from) as f64 / ramp as f64).clamp(0.0, 1.0)
    }

    /// The parameter's value on a day, from its value without the shock: factors act in logs, values in a line.
    pub fn shocked(&self, value: f64, day: i64) -> f64 {
        let size = self.intensity(day);
        match (self.spec.factor, self.spec.value) {
            // At full size nothing is rounded: a value given at the end of its range would leave it by the last bit.
            (Some(factor), _) if size >= 1.0 => value * factor,
            (None, Some(target)) if size >= 1.0 => target,
            (Some(factor), _) if factor > 0.0 => value * factor.powf(size),
            (Some(factor), _) => value * (1.0 + (factor - 1.0) * size),
            (None, Some(target)) => value + (target - value) * size,
            (None, None) => value,
        }
    }
}

/// Reads the letter of a basis; a shock is never fitted, because it has not happened.
fn basis(letter: &str) -> Result<Basis, Box<Diagnostic>> {
    let of_shocks = Basis::ALL.into_iter().filter(|basis| *basis != Basis::Fitted);
    of_shocks.clone().find(|basis| letter == basis.letter().to_string()).ok_or_else(|| {
        let legend: Vec<String> = of_shocks.map(|basis| basis.to_string()).collect();
        Box::new(
            Diagnostic::error(format!(
                "`basis` of a shock takes one of the letters S, P, E, J, found {letter:?}"
            ))
            .with_key("basis")
            .hint(legend.join(", ")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> ShockSpec {
        ShockSpec {
            name: "fees fall".into(),
            parameter: "cash.store_fee_share".into(),
            date: "2026-01-01".into(),
            ramp_days: 60,
            end_date: Some("2026-06-30".into()),
            factor: Some(0.25),
            value: None,
            only: vec![],
            entrants_only: false,
            why: "test".into(),
            basis: "J".into(),
            source: "test".into(),
        }
    }

    #[test]
    fn a_ramp_climbs_and_an_end_ends() {
        let shock = Shock::try_new(spec(), &[]).unwrap();
        assert!((shock.shocked(1.0, shock.from - 1) - 1.0).abs() < 1e-15);
        assert!((shock.shocked(1.0, shock.from + 30) - 0.5).abs() < 1e-12, "half way in logs");
        assert!((shock.shocked(1.0, shock.from + 90) - 0.25).abs() < 1e-12);
        assert!((shock.shocked(1.0, shock.until.unwrap()) - 1.0).abs() < 1e-15);
        let days = shock.change_days();
        assert_eq!(days.first(), Some(&shock.from));
        assert_eq!(days.last(), shock.until.as_ref());
        assert!(days.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn a_value_at_full_size_is_that_value_to_the_last_bit() {
        let shock = |value| {
            let spec = ShockSpec { factor: None, value: Some(value), ramp_days: 0, end_date: None, ..spec() };
            Shock::try_new(spec, &[]).unwrap()
        };
        for (old, new) in [(3.0, 0.01), (0.27, 0.1), (1e12, 1e-3)] {
            let shock = shock(new);
            assert_eq!(shock.shocked(old, shock.from).to_bits(), f64::to_bits(new), "{old} to {new}");
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_field() {
        let bad = |change: &dyn Fn(&mut ShockSpec)| {
            let mut s = spec();
            change(&mut s);
            Shock::try_new(s, &["us".into()]).unwrap_err().key.unwrap()
        };
        assert_eq!(bad(&|s| s.date = "soon".into()), "date");
        assert_eq!(bad(&|s| s.end_date = Some("2025-01-01".into())), "end_date");
        assert_eq!(bad(&|s| s.factor = Some(f64::NAN)), "factor");
        assert_eq!(bad(&|s| s.value = Some(1.0)), "factor");
        assert_eq!(bad(&|s| s.only = vec!["mars".into()]), "only");
        assert_eq!(bad(&|s| s.ramp_days = -1), "ramp_days");
        for letter in ["", "F", "X", "SP", "j"] {
            assert_eq!(bad(&|s| s.basis = letter.into()), "basis", "{letter:?}");
        }
        assert_eq!(bad(&|s| s.why = " ".into()), "why");
        assert_eq!(bad(&|s| s.source = String::new()), "source");
    }
}
