//! How numbers look wherever a person reads them: terminal tables, chart labels, titles.
//!
//! Pure functions from a unit and a number to text. Files for machines (`summary.json`, the CSV tables) never pass
//! through here: they keep every digit.

use crate::metrics::Unit;

/// What is written for a number that does not exist (NaN or infinite).
pub const NOT_A_NUMBER: &str = "n/a";

/// Writes a value with its unit at three significant digits: `5.42 B$`, `83.3 %`, `1,103`, `14.0 M`.
///
/// Money and large counts are scaled to k, M or B (10⁹); shares are printed as per cent. NaN and infinities become
/// [`NOT_A_NUMBER`].
///
/// ```
/// use bidcast::metrics::Unit;
/// use bidcast::report::table::format_value;
/// assert_eq!(format_value(Unit::Usd, 5.4217e9), "5.42 B$");
/// assert_eq!(format_value(Unit::Share, 0.8326), "83.3 %");
/// ```
pub fn format_value(unit: Unit, x: f64) -> String {
    if !x.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let look = Look::of(unit, x);
    let shown = x / look.divisor;
    // Rounding can carry a value over its prefix (999,700 $ is 1.00 M$, not 1000 k$), so the prefix is chosen again
    // for the rounded value.
    let rounded = round_to(shown, look.decimals(shown)) * look.divisor;
    let look = Look::of(unit, rounded);
    let shown = x / look.divisor;
    format!("{}{}", grouped(shown, look.decimals(shown)), look.suffix)
}

/// Writes a value with its Monte Carlo standard error: `5.42 ±0.03 B$`.
///
/// The error keeps one significant digit, two when the first is a 1, and the value is rounded to the error's last
/// place. Without an error (a single replication) this is [`format_value`].
pub fn with_error(unit: Unit, x: f64, mcse: Option<f64>) -> String {
    let Some(mcse) = mcse.filter(|e| e.is_finite() && *e >= 0.0) else {
        return format_value(unit, x);
    };
    if !x.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let look = Look::of(unit, x.abs().max(mcse));
    let (value, error) = (x / look.divisor, mcse / look.divisor);
    if error <= 0.0 {
        return format!("{} ±0{}", grouped(value, look.decimals(value)), look.suffix);
    }
    let place = error_place(error);
    let decimals = usize::try_from(-place).unwrap_or(0).min(MOST_DECIMALS);
    let step = if place > 0 { 10f64.powi(place) } else { 10f64.powi(-i32::try_from(decimals).unwrap_or(0)) };
    let (value, error) = ((value / step).round() * step, (error / step).round() * step);
    // An error below the last printable place is still not nothing.
    let error = error.max(step);
    format!("{} ±{}{}", grouped(value, decimals), grouped(error, decimals), look.suffix)
}

/// Writes the ends of an interval, with the unit once when both share it: `4.81–6.07 B$`.
pub fn format_range(unit: Unit, low: f64, high: f64) -> String {
    let (a, b) = (format_value(unit, low), format_value(unit, high));
    let suffix = Look::of(unit, high).suffix;
    match a.strip_suffix(suffix) {
        Some(start) if !suffix.is_empty() && b.ends_with(suffix) && !start.ends_with(char::is_alphabetic) => {
            format!("{start}–{b}")
        }
        _ => format!("{a}–{b}"),
    }
}

/// Writes the labels of an axis: all in one scale, with just the decimals that the step between them needs.
///
/// `ticks` are in ascending order; zero is written without a unit.
pub fn format_axis(unit: Unit, ticks: &[f64]) -> Vec<String> {
    let largest = ticks.iter().fold(0.0_f64, |m, t| m.max(t.abs()));
    let look = Look::of(unit, largest);
    let step = ticks.windows(2).map(|w| (w[1] - w[0]).abs() / look.divisor).fold(f64::INFINITY, f64::min);
    let needed = if step.is_finite() && step > 0.0 {
        decimals_of_step(step)
    } else {
        look.decimals(largest / look.divisor)
    };
    // Billions carry a decimal even when round: 5.0 B$ says that tenths matter.
    let decimals = if look.suffix == " B$" { needed.max(1) } else { needed };
    let write = |t: &f64| {
        if t.abs() < step * 1e-9 {
            "0".to_owned()
        } else {
            format!("{}{}", grouped(t / look.divisor, decimals), look.suffix)
        }
    };
    ticks.iter().map(write).collect()
}

/// Writes a whole number with thousands separators: `1,103`. NaN and infinities become [`NOT_A_NUMBER`].
pub fn format_count(x: f64) -> String {
    if x.is_finite() { grouped(x, 0) } else { NOT_A_NUMBER.to_owned() }
}

/// Writes a relative change with its sign: `+3.2 %`, `−12 %`.
pub fn format_change(x: f64) -> String {
    if !x.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let percent = 100.0 * x;
    let text = grouped(percent, usize::from(percent.abs() < 9.95));
    if percent > 0.0 && text.chars().any(|c| ('1'..='9').contains(&c)) {
        format!("+{text} %")
    } else {
        format!("{text} %")
    }
}

/// More decimals than this are never read by a person.
const MOST_DECIMALS: usize = 6;

/// Scale and suffix that a number of a unit is printed with.
struct Look {
    divisor: f64,
    suffix: &'static str,
    kind: Kind,
}

/// How many decimals a printed number carries.
#[derive(Clone, Copy)]
enum Kind {
    /// Three significant digits.
    ThreeDigits,
    /// Per cent: one decimal, more only below 1 %.
    Percent,
    /// A count without prefix: whole when it is whole or at least 100.
    Count,
}

impl Look {
    fn of(unit: Unit, x: f64) -> Self {
        let size = x.abs();
        let look = |divisor, suffix, kind| Self { divisor, suffix, kind };
        match unit {
            Unit::Usd if size >= 1e9 => look(1e9, " B$", Kind::ThreeDigits),
            Unit::Usd if size >= 1e6 => look(1e6, " M$", Kind::ThreeDigits),
            Unit::Usd if size >= 1e3 => look(1e3, " k$", Kind::ThreeDigits),
            Unit::Usd | Unit::UsdPerInstall | Unit::UsdPerMille => look(1.0, " $", Kind::ThreeDigits),
            Unit::Share => look(0.01, " %", Kind::Percent),
            Unit::Ratio => look(1.0, "", Kind::ThreeDigits),
            Unit::Days => look(1.0, " days", Kind::ThreeDigits),
            Unit::Installs | Unit::People | Unit::Materials if size >= 1e9 => {
                look(1e9, " B", Kind::ThreeDigits)
            }
            Unit::Installs | Unit::People | Unit::Materials if size >= 1e6 => {
                look(1e6, " M", Kind::ThreeDigits)
            }
            Unit::Installs | Unit::People | Unit::Materials if size >= 1e4 => {
                look(1e3, " k", Kind::ThreeDigits)
            }
            Unit::Installs | Unit::People | Unit::Materials | Unit::Apps => look(1.0, "", Kind::Count),
        }
    }

    /// Decimals for a number already divided by the divisor.
    fn decimals(&self, shown: f64) -> usize {
        let size = shown.abs();
        match self.kind {
            Kind::Count => usize::from(size < 99.95 && (size - size.round()).abs() > 1e-9),
            Kind::Percent if size >= 0.995 || size <= 0.0 => 1,
            Kind::ThreeDigits if size <= 0.0 => 0,
            Kind::Percent => digits_after_point(size, 2),
            Kind::ThreeDigits => digits_after_point(size, 3),
        }
    }
}

/// Decimals that show a positive number at so many significant digits.
fn digits_after_point(size: f64, significant: i32) -> usize {
    // The rounded number decides: 9.996 shows as 10.0, not as 10.00.
    let lead = size.log10().floor() as i32;
    let carried = round_to(size, usize::try_from(significant - 1 - lead).unwrap_or(0));
    let lead = if carried > 0.0 { carried.log10().floor() as i32 } else { lead };
    usize::try_from(significant - 1 - lead).unwrap_or(0).min(MOST_DECIMALS)
}

/// Decimal place (power of ten) of the last digit that an error keeps.
fn error_place(error: f64) -> i32 {
    let lead = error.log10().floor() as i32;
    let first = error / 10f64.powi(lead);
    // 0.0096 to one digit is 0.01: the carry makes it a leading 1, which then keeps one digit only.
    if first < 1.95 {
        lead - 1
    } else if first >= 9.5 {
        lead + 1
    } else {
        lead
    }
}

fn decimals_of_step(step: f64) -> usize {
    (0..=MOST_DECIMALS)
        .find(|d| {
            let s = step * 10f64.powi(*d as i32);
            (s - s.round()).abs() < 1e-6 * s.max(1.0) && s >= 0.5
        })
        .unwrap_or(MOST_DECIMALS)
}

fn round_to(x: f64, decimals: usize) -> f64 {
    let scale = 10f64.powi(i32::try_from(decimals).unwrap_or(0));
    (x * scale).round() / scale
}

/// A number with thousands separators and a true minus sign; never `-0`.
fn grouped(x: f64, decimals: usize) -> String {
    // Rounded half up first: formatting alone would round 1.855, stored a hair below, down.
    let text = format!("{:.*}", decimals, round_to(x.abs(), decimals));
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::with_capacity(text.len() + 8);
    if x < 0.0 && text.chars().any(|c| ('1'..='9').contains(&c)) {
        out.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_three_digits_and_find_their_prefix() {
        let cases = [
            (Unit::Usd, 5.4217e9, "5.42 B$"),
            (Unit::Usd, 999.7e3, "1.00 M$"),
            (Unit::Usd, 999.4e3, "999 k$"),
            (Unit::Usd, 41.73e6, "41.7 M$"),
            (Unit::Usd, 0.0, "0 $"),
            (Unit::Usd, -2.5e6, "−2.50 M$"),
            (Unit::UsdPerInstall, 2.314, "2.31 $"),
            (Unit::Share, 0.8326, "83.3 %"),
            (Unit::Share, 0.00042, "0.042 %"),
            (Unit::Share, 1.0, "100.0 %"),
            (Unit::Ratio, 0.08123, "0.0812"),
            (Unit::Apps, 1103.4, "1,103"),
            (Unit::Apps, 17.25, "17.3"),
            (Unit::Installs, 1.855e9, "1.86 B"),
            (Unit::Materials, 13.957e6, "14.0 M"),
            (Unit::People, 9876.0, "9,876"),
            (Unit::Days, 5.02, "5.02 days"),
            (Unit::Usd, f64::NAN, "n/a"),
        ];
        for (unit, x, text) in cases {
            assert_eq!(format_value(unit, x), text, "{x}");
        }
    }

    #[test]
    fn the_error_decides_where_the_value_is_rounded() {
        let cases = [
            (Unit::Usd, 5.4217e9, 0.031e9, "5.42 ±0.03 B$"),
            (Unit::Usd, 5.4217e9, 0.0131e9, "5.422 ±0.013 B$"),
            (Unit::Usd, 5.4217e9, 0.0962e9, "5.4 ±0.1 B$"),
            (Unit::Apps, 1234.0, 121.0, "1,230 ±120"),
            (Unit::Share, 0.8326, 0.0021, "83.3 ±0.2 %"),
            (Unit::Usd, 2.0e6, 3.0e9, "0 ±3 B$"),
            (Unit::Usd, 5.0e9, 0.0, "5.00 ±0 B$"),
            (Unit::Ratio, 4.0, 1e-12, "4.000000 ±0.000001"),
        ];
        for (unit, x, e, text) in cases {
            assert_eq!(with_error(unit, x, Some(e)), text);
        }
        assert_eq!(with_error(Unit::Usd, 5.4217e9, None), "5.42 B$");
        assert_eq!(with_error(Unit::Usd, 5.4217e9, Some(f64::NAN)), "5.42 B$");
        assert_eq!(with_error(Unit::Usd, f64::INFINITY, Some(1.0)), "n/a");
    }

    #[test]
    fn ranges_share_a_unit_only_when_it_is_the_same() {
        assert_eq!(format_range(Unit::Usd, 4.81e9, 6.07e9), "4.81–6.07 B$");
        assert_eq!(format_range(Unit::Usd, 950e6, 1.2e9), "950 M$–1.20 B$");
        assert_eq!(format_range(Unit::Apps, 900.0, 1100.0), "900–1,100");
        assert_eq!(format_range(Unit::Share, 0.81, 0.85), "81.0–85.0 %");
    }

    #[test]
    fn axes_use_one_scale_and_the_decimals_of_their_step() {
        assert_eq!(format_axis(Unit::Usd, &[0.0, 200e6, 400e6]), ["0", "200 M$", "400 M$"]);
        assert_eq!(format_axis(Unit::Usd, &[4e9, 5e9]), ["4.0 B$", "5.0 B$"]);
        assert_eq!(format_axis(Unit::Share, &[0.80, 0.825, 0.85]), ["80.0 %", "82.5 %", "85.0 %"]);
        assert_eq!(format_axis(Unit::Share, &[0.8, 0.9]), ["80 %", "90 %"]);
        assert_eq!(format_axis(Unit::Apps, &[500.0, 1000.0]), ["500", "1,000"]);
    }

    #[test]
    fn changes_carry_their_sign() {
        assert_eq!(format_change(0.0321), "+3.2 %");
        assert_eq!(format_change(-0.12), "−12 %");
        assert_eq!(format_change(0.0), "0.0 %");
        assert_eq!(format_change(1e-9), "0.0 %");
    }
}
