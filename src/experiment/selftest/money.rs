//! Money: budgets that follow luck become lognormal, and firms near the edge are ruined as often as gamblers are.

use super::check::{Answer, Check};
use super::draws::{Subject, moments, share_is, streams, with_base};
use crate::mechanisms::budget::{BudgetParams, BudgetRule, Sight};
use crate::mechanisms::exit::ExitParams;
use crate::mechanisms::pacing::{Errors, PacingParams};

/// Firms whose budgets are followed.
const FIRMS: u64 = 8_000;
/// Days for which they are.
const DAYS: u32 = 100;
/// Returns over target are uniform this far around their mean, near enough that no move meets its bound.
const SPREAD: f64 = 0.8;
/// Mean return over target, less one.
const DRIFT: f64 = 0.05;

pub(super) const GIBRAT_MEAN: Check = Check {
    name: "gibrat_mean",
    about: "mean log growth of budgets whose returns are luck, over 100 days, against days × gain × mean return",
    source: "Gibrat 1931: proportional growth",
    run: || with_base(|base| gibrat(&base.budget, base.budget.gain, 1)),
};

pub(super) const GIBRAT_VARIANCE: Check = Check {
    name: "gibrat_variance",
    about: "variance of the same against days × gain² × variance of returns",
    source: "Gibrat 1931; the variance of a uniform law",
    run: || with_base(|base| gibrat(&base.budget, base.budget.gain, 2)),
};

pub(super) const GIBRAT_SHAPE: Check = Check {
    name: "gibrat_lognormal",
    about: "kurtosis of log budgets after 100 days of luck against 3 - 1.2/days, nearly the normal's: sizes are lognormal",
    source: "central limit theorem; cumulants of the uniform law",
    run: || with_base(|base| gibrat(&base.budget, base.budget.gain, 4)),
};

/// The first, second or fourth moment of log budgets against that of the sum of `gain` × return.
fn gibrat(budget: &BudgetParams, gain: f64, moment: i32) -> Answer {
    // Returns alone move these budgets: there is no ceiling from spend.
    let budget = BudgetParams { enabled: true, rule: BudgetRule::Returns, ..budget.clone() };
    let streams = streams(Subject::Money);
    let logs: Vec<f64> = (0..FIRMS)
        .map(|firm| {
            let mut stream = streams.open(1, firm, 0);
            let last = (0..DAYS).fold(1.0, |usd, _| {
                let roas = 1.0 + DRIFT + SPREAD * (2.0 * stream.unit() - 1.0);
                let seen = Sight {
                    roas,
                    target_roas: 1.0,
                    spend_usd: f64::INFINITY,
                    net_revenue_usd: 0.0,
                    floor_usd: 1.0,
                };
                budget.moved(usd, &seen)
            });
            last.ln()
        })
        .collect();
    let days = f64::from(DAYS);
    let found = moments(&logs);
    match moment {
        1 => found.mean_is(days * gain * DRIFT),
        2 => found.variance_is(days * (gain * SPREAD).powi(2) / 3.0),
        _ => {
            let fourth = logs.iter().map(|x| (x - found.mean).powi(4)).sum::<f64>() / logs.len() as f64;
            let error = (24.0 / logs.len() as f64).sqrt();
            Answer::chance(3.0 - 1.2 / days, fourth / found.variance.powi(2), error)
        }
    }
}

/// Games a check.
const GAMES: u64 = 20_000;
/// Dollars between a firm and ruin when the game begins.
const STAKE: i64 = 10;
/// Dollars above ruin at which the game ends well.
const GOAL: i64 = 30;
/// Chance of a good day, which brings a dollar; a bad day costs one.
const CHANCE: f64 = 0.52;

pub(super) const RUIN: Check = Check {
    name: "ruin_probability",
    about: "share of firms that the exit rule bankrupts before they triple their money on good and bad days, against the gambler's ruin",
    source: "Feller 1968, vol. I, XIV.2, eq. 2.4",
    run: || with_base(|base| ruin(&base.exit, base.exit.minimal_campaign_usd_per_day)),
};

/// Ruin by an exit rule, of firms that stand `STAKE` dollars above a bankruptcy at less than `line_usd`.
fn ruin(exit: &ExitParams, line_usd: f64) -> Answer {
    let exit = ExitParams { enabled: true, ..exit.clone() };
    let streams = streams(Subject::Money);
    let ruined = (0..GAMES)
        .filter(|game| {
            let mut stream = streams.open(2, *game, 0);
            let mut fortune = STAKE;
            // A dollar below the line is the first whole fortune that is bankrupt; half of the money is still owed.
            let bankrupt = |fortune: i64| {
                let money = line_usd - 1.0 + fortune as f64;
                exit.is_bankrupt(money / 2.0, money / 2.0)
            };
            while !bankrupt(fortune) && fortune < GOAL {
                fortune += if stream.unit() < CHANCE { 1 } else { -1 };
            }
            fortune < GOAL
        })
        .count();
    let odds = (1.0 - CHANCE) / CHANCE;
    let (stake, goal) = (odds.powi(STAKE as i32), odds.powi(GOAL as i32));
    share_is((stake - goal) / (1.0 - goal), ruined as u64, GAMES)
}

/// Spend of a bidder among rivals as strong as it is at full bid, USD a tick when it wins everything.
const ALL_USD: f64 = 400.0;

pub(super) const PID: Check = Check {
    name: "pid_fixed_point",
    about: "factor that feedback finds when spend is 400 L/(1 + L) and 100 may be spent, after 300 ticks, against 1/3",
    source: "a PID with an integral part rests only where its error is 0",
    run: || with_base(|base| pid(&base.pacing)),
};

fn pid(pacing: &PacingParams) -> Answer {
    let (mut factor, mut errors) = (1.0, Errors::default());
    for _ in 0..300 {
        let spent = ALL_USD * factor / (1.0 + factor);
        factor = pacing.feedback(factor, &mut errors, spent, 100.0);
    }
    // It closes in on the fixed point by a part of the distance a tick.
    Answer::limit(1.0 / 3.0, factor, 1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounded_moves_and_a_line_one_dollar_up_are_noticed() {
        let answer = with_base(|base| {
            let bounded = BudgetParams { max_move_share: 0.1, ..base.budget.clone() };
            gibrat(&bounded, bounded.gain, 2)
        });
        assert!(!answer.passed() && answer.got.is_finite());
        let answer = with_base(|base| {
            let line = base.exit.minimal_campaign_usd_per_day;
            let strict = ExitParams { minimal_campaign_usd_per_day: line + 1.0, ..base.exit.clone() };
            ruin(&strict, line)
        });
        assert!(!answer.passed() && answer.got.is_finite());
    }

    #[test]
    fn feedback_without_an_integral_is_noticed() {
        let answer = with_base(|base| pid(&PacingParams { pid_integral_gain: 0.0, ..base.pacing.clone() }));
        assert!(!answer.passed() && answer.got.is_finite());
    }
}
