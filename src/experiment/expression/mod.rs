//! What a user may ask of a forecast in one line of text.
//!
//! | form | what | example |
//! |---|---|---|
//! | number | sign, digits with `_` between them, decimal point, exponent | `5e9`, `-0.8`, `1_000` |
//! | number with `%` or `pp` | a hundredth of it; for shares and ratios only | `80%`, `2pp` |
//! | quantity | a metric, `_`, a year of four digits | `market_total_usd_2026` |
//! | [`Event`] | quantity `>` or `<` number | `cr20_2026 < 80%` |
//! | [`Statistic`] | `mean(quantity)` | `mean(cr20_2026)` |
//! | | `pX(quantity)`: X % of outcomes are below | `p2.5(market_total_usd_2026)` |
//! | | `prob(event)` | `prob(market_total_usd_2026 > 5e9)` |
//! | [`Goal`] | statistic `=` number | `p50(market_total_usd_2026) = 6e9` |
//! | [`Until`] | `hw(target) < number`: largest half width of the interval | `hw(prob(cr20_2026 < 80%)) < 2pp` |
//! | | `rel_hw(target) < number`: the same as a share of the estimate, at most 10 % | `rel_hw(mean(iap_usd_2026)) < 1%` |
//! | target | statistic | |
//! | | `diff(mean(quantity), scenario, scenario)`: the second less the first, in pairs | `diff(mean(cr20_2026), base, ai_content)` |
//!
//! Spaces stand anywhere between words, not within them. Metrics and their units are those of
//! [`METRICS`](crate::metrics::METRICS): `hhi` and `gini` go from 0 to 1. What is written back is read as the same again.
//!
//! Nothing is simulated here. Values come from outside as a [`Sample`], quantity by quantity; [`Rules`] says when there are
//! enough of them.

mod cursor;
mod error;
mod event;
mod goal;
mod number;
mod quantity;
mod rules;
mod sample;
mod statistic;
#[cfg(test)]
mod tests;
mod until;

pub use error::ExpressionError;
pub use event::Event;
pub use goal::Goal;
pub use quantity::Quantity;
pub use rules::{Needed, Rule, Rules, RulesError};
pub use sample::Sample;
pub use statistic::Statistic;
pub use until::{Target, Until};
