//! Each mechanism does something, and in the direction that economics says: it is switched off (or made neutral) and the
//! market is compared with itself, draw for draw.
//!
//! Scenarios share their noise, so the difference of a replication with and without a mechanism is that mechanism's own
//! effect. Random exits are off on both sides, except where they are the subject: a leader that leaves by lot in one of
//! two otherwise equal markets is a fifth of that market, and would be read as an effect.

#![allow(clippy::unwrap_used, reason = "a metric that is not in the registry should fail on the spot")]

use std::sync::OnceLock;

use crate::common::{moments, outcomes, small, yearly};
use bidcast::metrics::{Outcome, index_of};

/// Paired replications a comparison.
const PAIRS: u64 = 4;
/// Exits by lot are off.
const NO_EXIT: &str = "exit.enabled=false";
/// Nobody lends, nobody invests, and stores and networks pay after a quarter: firms live on their own money.
const OWN_MONEY: &[&str] = &[
    NO_EXIT,
    "funding.enabled=false",
    "archetype.funded_paid.credit_days=0",
    "archetype.funded_free.credit_days=0",
    "cash.store_lag_days=90",
    "cash.ads_lag_days=90",
];

/// A mechanism taken away.
struct Switch {
    /// What is taken away.
    what: &'static str,
    /// Overrides on both sides.
    common: &'static [&'static str],
    /// Overrides that take it away.
    off: &'static [&'static str],
    /// What to look at.
    metric: Metric,
    /// Least mean change: +0.1 asks for a rise by a tenth, −0.1 for a fall by a tenth.
    least: f64,
}

/// What is looked at.
enum Metric {
    /// A metric of the reported year.
    Year(&'static str),
    /// Ratio of a metric in one reported month to another (January is 0).
    Months(&'static str, usize, usize),
    /// How unevenly a metric moves: mean size of the second difference of its logarithm over the reported months.
    Roughness(&'static str),
}

impl Metric {
    fn of(&self, outcome: &Outcome) -> f64 {
        match self {
            Self::Year(name) => yearly(outcome, name),
            Self::Months(name, a, b) => {
                let metric = index_of(name).unwrap();
                outcome.monthly[*a][metric] / outcome.monthly[*b][metric]
            }
            Self::Roughness(name) => {
                let metric = index_of(name).unwrap();
                let logs: Vec<f64> = outcome.monthly.iter().map(|month| month[metric].ln()).collect();
                let bends: Vec<f64> = logs.windows(3).map(|w| (w[0] - 2.0 * w[1] + w[2]).abs()).collect();
                moments(&bends).0
            }
        }
    }
}

/// The market without random exits, which most comparisons share.
fn steady() -> &'static [Outcome] {
    static STEADY: OnceLock<Vec<Outcome>> = OnceLock::new();
    STEADY.get_or_init(|| outcomes(&small(&[NO_EXIT]), PAIRS))
}

/// Asserts that each switch moves its metric as stated, by more than three standard errors over the pairs.
fn check(switches: &[Switch]) {
    check_over(PAIRS, switches);
}

/// As [`check`], over more pairs: for what chance moves as well.
fn check_over(pairs: u64, switches: &[Switch]) {
    let mut wrong = Vec::new();
    for switch in switches {
        let with = if switch.common == [NO_EXIT] && pairs == PAIRS {
            steady().to_vec()
        } else {
            outcomes(&small(switch.common), pairs)
        };
        let off: Vec<&str> = switch.common.iter().chain(switch.off).copied().collect();
        let without = outcomes(&small(&off), pairs);
        let logs: Vec<f64> = with
            .iter()
            .zip(&without)
            .map(|(a, b)| (switch.metric.of(b) / switch.metric.of(a)).ln())
            .collect();
        let (mean, variance, _) = moments(&logs);
        let error = (variance / logs.len() as f64).sqrt();
        let change = mean.exp() - 1.0;
        let enough = if switch.least > 0.0 { change >= switch.least } else { change <= switch.least };
        if !(enough && mean.abs() > 3.0 * error) {
            wrong.push(format!(
                "{}: changes by {:+.1} % (standard error {:.1} %), stated {:+.1} %",
                switch.what,
                100.0 * change,
                100.0 * error,
                100.0 * switch.least
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn demand_and_floors_make_prices() {
    check(&[
        // Shops bid up November; without their season it costs about what February does.
        Switch {
            what: "season: November over February",
            common: &[NO_EXIT],
            off: &["supply.season_enabled=false"],
            metric: Metric::Months("cpm_usd", 10, 1),
            least: -0.15,
        },
        // A floor at the price of outside demand replaces every runner-up below it.
        Switch {
            what: "floor",
            common: &[NO_EXIT, "auction.floor_share=1"],
            off: &["auction.floor_share=0"],
            metric: Metric::Year("cpm_usd"),
            least: -0.04,
        },
    ]);
}

#[test]
fn depletion_holds_installs_back() {
    check(&[
        // Who has the apps already installs no more of them; if he did, the same ads would bring more.
        Switch {
            what: "depletion",
            common: &[NO_EXIT],
            off: &["response.depletion_enabled=false"],
            metric: Metric::Year("downloads"),
            least: 0.25,
        },
    ]);
}

#[test]
fn ignorance_costs_returns() {
    check(&[
        // Unseen conversions are corrected for on average, but the belief rests on fewer of them.
        Switch {
            what: "unobserved conversions",
            common: &[NO_EXIT, "learning.unobserved_share=0.99"],
            off: &["learning.unobserved_share=0"],
            metric: Metric::Year("roas_d7"),
            least: 0.01,
        },
        // Organic installs credited to ads make ads look better than they are: without that credit bids fall.
        Switch {
            what: "credit for organic installs",
            common: &[NO_EXIT],
            off: &["bidding.count_organic=false"],
            metric: Metric::Year("ad_spend_usd"),
            least: -0.2,
        },
    ]);
}

#[test]
fn pacing_and_budgets_steer_spend() {
    check(&[
        // Bids in full until the money is gone pay more for each impression. Budgets without headroom bind.
        Switch {
            what: "pacing",
            common: &[NO_EXIT, "budget.headroom=1"],
            off: &["pacing.enabled=false"],
            metric: Metric::Year("cpm_usd"),
            least: 0.15,
        },
        // Budgets that do not follow returns stay at their small first size.
        Switch {
            what: "budgets follow returns",
            common: &[NO_EXIT],
            off: &["budget.enabled=false"],
            metric: Metric::Year("ad_spend_usd"),
            least: -0.3,
        },
    ]);
}

#[test]
fn materials_win_impressions() {
    check(&[
        // Many different materials find the right people: their strengths add.
        Switch {
            what: "creatives",
            common: &[NO_EXIT],
            off: &["creatives.enabled=false"],
            metric: Metric::Year("downloads"),
            least: -0.2,
        },
        // What is not taken off air early stays longer.
        Switch {
            what: "early retirement",
            common: &[NO_EXIT],
            off: &["creatives.replacement_enabled=false"],
            metric: Metric::Year("creative_life_days"),
            least: 0.05,
        },
        // Impressions spent on finding out are not spent on what is known to work.
        Switch {
            what: "exploration: installs",
            common: &[NO_EXIT, "creatives.explore_share=1"],
            off: &["creatives.explore_share=0"],
            metric: Metric::Year("downloads"),
            least: 0.05,
        },
        // Without exploration spend piles up on the materials believed best.
        Switch {
            what: "exploration: concentration",
            common: &[NO_EXIT, "creatives.explore_share=1"],
            off: &["creatives.explore_share=0"],
            metric: Metric::Year("creative_top2_share"),
            least: 0.03,
        },
        // Ads that never tire keep pulling.
        Switch {
            what: "fatigue",
            common: &[NO_EXIT],
            off: &["fatigue.enabled=false"],
            metric: Metric::Year("downloads"),
            least: 0.3,
        },
    ]);
}

#[test]
fn titles_make_hits_and_wear_out() {
    check(&[
        // With titles all alike, hits are gone and spend spreads over more materials.
        Switch {
            what: "titles differ",
            common: &[NO_EXIT],
            off: &["content.enabled=false"],
            metric: Metric::Year("creative_top2_share"),
            least: -0.1,
        },
        // Titles decay: an app that releases no more of them loses its pull.
        Switch {
            what: "releases",
            common: &[NO_EXIT],
            off: &["content.release_factor=0"],
            metric: Metric::Year("downloads"),
            least: -0.4,
        },
        // A copy of a hit pulls more than an average title of one's own.
        Switch {
            what: "copies",
            common: &[NO_EXIT, "content.copy_probability=0.6"],
            off: &["content.copy_probability=0"],
            metric: Metric::Year("downloads"),
            least: -0.1,
        },
    ]);
}

#[test]
fn users_stay_and_bring_users() {
    check(&[
        // Ads are watched by those who are still there.
        Switch {
            what: "half of retention",
            common: &[NO_EXIT],
            off: &[
                "retention.day1_share=0.12",
                "retention.day7_share=0.0485",
                "retention.day30_share=0.0225",
            ],
            metric: Metric::Year("iaa_usd"),
            least: -0.4,
        },
        // Without word of mouth a larger part of the installs is paid for.
        Switch {
            what: "word of mouth",
            common: &[NO_EXIT],
            off: &["organic.word_of_mouth_enabled=false"],
            metric: Metric::Year("paid_share"),
            least: 0.01,
        },
        Switch {
            what: "charts",
            common: &[NO_EXIT],
            off: &["organic.charts_enabled=false"],
            metric: Metric::Year("paid_share"),
            least: 0.3,
        },
        // A pool that does not grow holds few people.
        Switch {
            what: "growth of the pool",
            common: &[NO_EXIT],
            off: &["pool.enabled=false"],
            metric: Metric::Year("mau_end"),
            least: -0.5,
        },
    ]);
}

#[test]
fn revenue_has_its_sources_and_its_limits() {
    check(&[
        // Free apps buy installs with what ads will earn; without ads they buy none.
        Switch {
            what: "ads in the apps",
            common: &[NO_EXIT],
            off: &["in_app_ads.enabled=false"],
            metric: Metric::Year("downloads"),
            least: -0.3,
        },
        // All payments through the stores cost the stores' fee: an install is worth less and bids fall.
        Switch {
            what: "web payments",
            common: &[NO_EXIT],
            off: &[
                "archetype.funded_paid.web_share=0",
                "archetype.fringe_paid.web_share=0",
                "archetype.hybrid.web_share=0",
            ],
            metric: Metric::Year("ad_spend_usd"),
            least: -0.05,
        },
        // Apps compete for the same purses; without that limit each sale is added to the others.
        Switch {
            what: "wallets",
            common: &[NO_EXIT],
            off: &["wallet.enabled=false"],
            metric: Metric::Year("market_total_usd"),
            least: 0.25,
        },
    ]);
}

#[test]
fn money_sets_the_pace() {
    check(&[
        // A firm that lives on its own money grows as fast as the money comes back.
        Switch {
            what: "payout lag",
            common: OWN_MONEY,
            off: &["cash.lag_enabled=false"],
            metric: Metric::Year("ad_spend_usd"),
            least: 0.05,
        },
        // What goes into running costs does not go into ads.
        Switch {
            what: "running costs",
            common: &[NO_EXIT, "cash.operating_cost_share=0.5"],
            off: &["cash.operating_cost_share=0"],
            metric: Metric::Year("ad_spend_usd"),
            least: 0.1,
        },
        // Credit bridges the lag where investors do not.
        Switch {
            what: "credit",
            common: &[NO_EXIT, "funding.enabled=false"],
            off: &["archetype.funded_paid.credit_days=0", "archetype.funded_free.credit_days=0"],
            metric: Metric::Year("ad_spend_usd"),
            least: -0.01,
        },
        Switch {
            what: "funding",
            common: &[NO_EXIT],
            off: &["funding.enabled=false"],
            metric: Metric::Year("ad_spend_usd"),
            least: -0.05,
        },
    ]);
}

#[test]
fn firms_come_and_go() {
    check(&[
        Switch {
            what: "entry",
            common: &[NO_EXIT],
            off: &["entry.enabled=false"],
            metric: Metric::Year("apps_end"),
            least: -0.5,
        },
        // Titles at three times the price deter those who would have to buy them.
        Switch {
            what: "cheap titles",
            common: &[NO_EXIT],
            off: &["content.translated_cost_usd_per_title=30000"],
            metric: Metric::Year("entries"),
            least: -0.1,
        },
        // Who lies dormant is gone for good when nobody is woken. Many give up and stay, so that there are some to wake.
        Switch {
            what: "relaunches",
            common: &[
                "exit.hazard_per_month=0.2",
                "dormancy.dormant_share=1",
                "dormancy.relaunch_per_month=0.5",
            ],
            off: &["dormancy.relaunch_per_month=0"],
            metric: Metric::Year("apps_end"),
            least: -0.05,
        },
        // Impressions given away are impressions not sold: the others pay more for those that are left.
        Switch {
            what: "an auction for all impressions",
            common: &[NO_EXIT, "archetype.platform_giant.start_apps=1"],
            off: &["archetype.platform_giant.house_inventory_share=0.9"],
            metric: Metric::Year("house_share"),
            least: 0.5,
        },
        Switch { what: "exit", common: &[], off: &[NO_EXIT], metric: Metric::Year("apps_end"), least: 0.1 },
    ]);
}

#[test]
fn what_chance_moves_as_well_needs_more_pairs() {
    check_over(
        16,
        &[
            // Winner's curse: who overestimates a rate wins most and earns less than he counted on.
            Switch {
                what: "learning",
                common: &[NO_EXIT],
                off: &["learning.enabled=false"],
                metric: Metric::Year("roas_d7"),
                least: 0.01,
            },
            // Where a few payers make the sum, revenue jumps from month to month.
            Switch {
                what: "uneven payers",
                common: &[NO_EXIT, "payers.spend_log_sd=3"],
                off: &["payers.spend_log_sd=0.1"],
                metric: Metric::Roughness("iap_usd"),
                least: -0.1,
            },
            // Giants that sell through the stores alone take payers from those who also sell on the web.
            Switch {
                what: "no scheduled entry",
                common: &[NO_EXIT],
                off: &[
                    "archetype.platform_giant.scheduled_apps=5",
                    "archetype.platform_giant.scheduled_date=2025-03-01",
                ],
                metric: Metric::Year("web_usd"),
                least: -0.02,
            },
            // Leaders that buy one another are fewer and larger.
            Switch {
                what: "no acquisitions",
                common: &[NO_EXIT],
                off: &["consolidation.acquisitions_per_year=24"],
                metric: Metric::Year("hhi"),
                least: 0.1,
            },
        ],
    );
    check_over(
        12,
        &[
            // Apps give up by lot, large ones too. Users of those who stay in the stores go on paying; of those who vanish they
            // are gone. Nobody is woken, or it would be told together with what the woken do.
            Switch {
                what: "zombies keep their users",
                common: &[
                    "exit.hazard_per_month=0.3",
                    "exit.half_hazard_usd_per_month=1e10",
                    "dormancy.dormant_share=1",
                    "dormancy.vanish_per_month=0",
                    "dormancy.relaunch_per_month=0",
                ],
                off: &["dormancy.enabled=false"],
                metric: Metric::Year("market_total_usd"),
                least: -0.05,
            },
        ],
    );
}

#[test]
fn firms_differ() {
    /// Nobody but backed apps that live on payers.
    const ALIKE: &[&str] = &[
        "archetype.funded_free.start_apps=0",
        "archetype.funded_free.entry_weight=0",
        "archetype.funded_free.entry_weight_boom=0",
        "archetype.funded_free.entry_weight_late=0",
        "archetype.fringe_paid.start_apps=0",
        "archetype.fringe_paid.entry_weight=0",
        "archetype.fringe_paid.entry_weight_boom=0",
        "archetype.fringe_paid.entry_weight_late=0",
        "archetype.fringe_free.start_apps=0",
        "archetype.fringe_free.entry_weight=0",
        "archetype.fringe_free.entry_weight_boom=0",
        "archetype.fringe_free.entry_weight_late=0",
        "archetype.hybrid.start_apps=0",
        "archetype.hybrid.entry_weight=0",
        "archetype.hybrid.entry_weight_boom=0",
        "archetype.hybrid.entry_weight_late=0",
    ];
    check(&[
        // Concentration is mostly the gap between backed firms and the fringe.
        Switch {
            what: "archetypes: concentration",
            common: &[NO_EXIT],
            off: ALIKE,
            metric: Metric::Year("cr20"),
            least: -0.1,
        },
        // Who lives on payers shows few ads.
        Switch {
            what: "archetypes: ads",
            common: &[NO_EXIT],
            off: ALIKE,
            metric: Metric::Year("iaa_share"),
            least: -0.5,
        },
    ]);
}
