//! Known answers: closed forms and published numbers that the mechanisms, the calendar, the generator, the statistics
//! and the engine must give, in the program itself so that anyone can ask for them on any machine.
//!
//! A check compares one number with one number. What is drawn comes from fixed, addressed streams, so an answer is the
//! same in every call; its tolerance is four standard errors. What is arithmetic may differ by rounding only.
//!
//! | file | whose answers |
//! |---|---|
//! | `generator`, `calendar`, `concentration` | the foundations |
//! | `sampling` | how parameters are drawn |
//! | `auction`, `formats`, `learning`, `creatives`, `people`, `money` | the mechanisms |
//! | `growth` | the engine |
//! | `studies`, `scores`, `sensitivity`, `indices`, `decisions` | the statistics of studies |
//! | `calibration` | what is learned from data |
//! | `running`, `pairing` | how studies run: any threads, shards and breaks; the same chance for what is compared |
//! | `check`, `draws`, `tiny` | what a check is, what all of them share |

mod auction;
mod calendar;
mod calibration;
mod check;
mod concentration;
mod creatives;
mod decisions;
mod draws;
mod formats;
mod generator;
mod growth;
mod indices;
mod learning;
mod money;
mod pairing;
mod people;
mod running;
mod sampling;
mod scores;
mod sensitivity;
mod studies;
mod tiny;

pub use check::{Answer, Check, Kind};

/// Every check, foundations first.
pub const CHECKS: &[Check] = &[
    generator::WORDS,
    generator::UNIFORM,
    generator::NORMAL,
    generator::GAMMA,
    generator::POISSON_SMALL,
    generator::POISSON_LARGE,
    generator::BINOMIAL,
    calendar::ONE_SERVER,
    calendar::THREE_SERVERS,
    calendar::MATERIALS_ON_AIR,
    calendar::MATERIALS_DISPERSION,
    concentration::GINI_PARETO,
    concentration::LORENZ_PARETO,
    concentration::EQUAL_SHARES,
    concentration::GINI_LOGNORMAL,
    concentration::GINI_LORENZ,
    concentration::EFFECTIVE_NUMBER,
    concentration::CR20,
    concentration::QUANTILE,
    concentration::QUANTILE_ERROR,
    sampling::SOBOL_POINTS,
    sampling::SOBOL_NET,
    sampling::SOBOL_THREADS,
    sampling::LATIN_STRATA,
    sampling::COPULA_SPEARMAN,
    sampling::PERCENTILE_PAIRS,
    sampling::QUANTILES_INVERT,
    sampling::PERT_MEAN,
    sampling::PERT_FORMULA,
    auction::SHARE,
    auction::PRICE,
    auction::PRICE_OVER_SCORE,
    auction::CPM_GROWTH,
    auction::ELASTICITY,
    formats::SECOND_PRICE,
    formats::FIRST_PRICE,
    formats::RESERVE,
    formats::SHADING,
    formats::FIRST_PRICE_REVENUE,
    formats::HOUSE,
    formats::TREE,
    learning::COVERAGE,
    learning::SHRINKAGE,
    learning::FORGETTING,
    learning::REPORTS,
    creatives::TOP_MATERIALS,
    creatives::STRENGTH,
    creatives::TITLE_SPREAD,
    creatives::TITLE_DECAY,
    people::BASS,
    people::POOL,
    people::MONTHLY_PEOPLE,
    people::RETENTION,
    people::COHORTS,
    people::TOP_PAYERS,
    people::CROWD,
    people::WALLET,
    money::GIBRAT_MEAN,
    money::GIBRAT_VARIANCE,
    money::GIBRAT_SHAPE,
    money::RUIN,
    money::PID,
    growth::SPEND_OVER_VALUE,
    growth::GROWTH,
    growth::FAST_GROWTH,
    studies::VARIANCE_SPLIT,
    studies::SPLIT_MEAN,
    studies::SPLIT_SPREAD,
    studies::QUANTILE_RANKS,
    studies::QUANTILE_COVERAGE,
    studies::SEQUENTIAL_LOOSE,
    studies::SEQUENTIAL_TIGHT,
    scores::CRPS_MIDDLE,
    scores::CRPS_TAIL,
    scores::CRPS_EXPONENTIAL,
    scores::CRPS_CLOSED,
    scores::CRPS_NAIVE,
    scores::LOG_SCORE,
    scores::DAWID_SEBASTIANI,
    scores::INTERVAL_SCORE,
    scores::WEIGHTED_INTERVAL,
    scores::ENERGY,
    scores::PIT_LEVEL,
    scores::PIT_LEVEL_CHI,
    scores::PIT_HOLM,
    scores::PIT_POWER,
    sensitivity::ISHIGAMI_FIRST,
    sensitivity::ISHIGAMI_TOTAL,
    sensitivity::ISHIGAMI_PAIR,
    sensitivity::G_FUNCTION_FIRST,
    sensitivity::G_FUNCTION_TOTAL,
    sensitivity::GIVEN_LINEAR,
    sensitivity::MORRIS_LINEAR,
    sensitivity::NOISE_INERT,
    sensitivity::NOISE_ALIGNED,
    sensitivity::NOISE_CORRECTED,
    indices::ISHIGAMI_EVEN,
    indices::ISHIGAMI_INDEPENDENT,
    indices::G_FUNCTION_EVEN,
    indices::NOISE_EVERYWHERE,
    indices::GIVEN_GAUSSIAN,
    decisions::PRIM_DENSITY,
    decisions::PRIM_COVERAGE,
    decisions::EVPPI,
    decisions::EVPI,
    decisions::SEEK,
    decisions::SHAPLEY,
    calibration::EMULATOR_QUADRATIC,
    calibration::EMULATOR_NOISE,
    calibration::ENSEMBLE_UNIFORM,
    calibration::ENSEMBLE_NORMAL,
    calibration::ESL_LINEAR,
    calibration::ESL_MODES,
    calibration::ABC_NORMAL,
    calibration::ABC_BINOMIAL,
    calibration::ES_MDA,
    calibration::SBC_EXACT,
    calibration::SBC_POWER,
    running::ANY_WAY,
    running::FAILURES,
    pairing::SAME,
    pairing::OTHERS_DRAWS,
    pairing::OTHERS_LIVES,
];
