//! Comparisons of whole markets: a scenario against itself, any order of scenarios, pairs that are missing, files.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up should fail on the spot")]

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

use bidcast::experiment::comparison::{
    Comparison, ComparisonError, Pair, Side, Warning, Weights, WeightsError, compare, complete_pairs,
};
use bidcast::experiment::{Outcome, Plan, Silent, ensemble};
use bidcast::metrics::{METRICS, index_of};
use bidcast::store::{
    COMPARISON_FILE, COMPARISON_SCHEMA, StoreError, comparison_csv, comparison_json, read_comparison,
};

use crate::common::{SEED, small};

fn outcomes(sets: &[&str], replications: u64) -> Vec<Outcome> {
    let scenario = small(sets);
    let plan = Plan { seed: SEED, replications, jobs: 2 };
    ensemble(&scenario, &plan, &Silent).unwrap().outcomes
}

fn pairs(n: u64) -> Vec<Pair> {
    (0..n).map(|replication| Pair { draw: 0, replication }).collect()
}

fn side<'a>(name: &'a str, pairs: &'a [Pair], columns: &'a [Outcome]) -> Side<'a, [Outcome]> {
    Side { name, pairs, columns }
}

/// Three scenarios in four replications.
fn three() -> &'static [Vec<Outcome>; 3] {
    static THREE: OnceLock<[Vec<Outcome>; 3]> = OnceLock::new();
    THREE.get_or_init(|| {
        [
            outcomes(&[], 4),
            outcomes(&["auction.theta=4.5"], 4),
            outcomes(&["supply.addressable_impressions_per_day*=1.05"], 4),
        ]
    })
}

/// Whether all are zero to the last bit.
fn nothing(all: &[f64]) -> bool {
    all.iter().all(|x| x.to_bits() == 0)
}

fn weights(names: &[&str], given: &[f64]) -> Weights {
    let given: Vec<(String, f64)> =
        names.iter().map(|name| (*name).to_owned()).zip(given.iter().copied()).collect();
    Weights::try_new(names, &given).unwrap()
}

#[test]
fn a_scenario_against_itself_is_exactly_nothing_everywhere() {
    let (first, second) = (&three()[0], outcomes(&[], 4));
    let pairs = pairs(4);
    let sides = [side("base", &pairs, first), side("again", &pairs, &second)];
    let found = compare(SEED, &sides, Some(&weights(&["base", "again"], &[1.0, 3.0]))).unwrap();
    assert_eq!((found.warnings.as_slice(), found.pairs, found.draws, found.replications), (&[][..], 4, 1, 4));
    let against = &found.against[0];
    let differences: Vec<_> = against.metrics.values().flat_map(BTreeMap::values).collect();
    assert!(differences.len() >= METRICS.len() - 2, "{}", differences.len());
    for found in differences {
        assert!(found.identical && found.variance_reduction.is_none() && found.equal_pairs == 4);
        let d = found.difference;
        assert!(nothing(&[d.value, d.mcse, d.low, d.high, found.above.value]), "{found:?}");
        // A metric that is zero throughout, or may be, has no relative difference.
        assert!(found.relative.is_none_or(|r| nothing(&[r.value, r.mcse, r.low, r.high])));
    }
    let monthly: Vec<_> = against.monthly.values().flat_map(BTreeMap::values).collect();
    assert!(monthly.len() >= 12 * 20, "{}", monthly.len());
    assert!(monthly.iter().all(|found| {
        let d = found.difference;
        nothing(&[d.value, d.mcse, d.low, d.high])
    }));
    for mixed in found.mixture.unwrap().metrics.values().flat_map(BTreeMap::values) {
        assert_eq!((mixed.split.scenarios.value, mixed.split.scenarios.mcse), (0.0, 0.0));
        let mean = mixed.distribution.mean.to_bits();
        assert!(mixed.reweighted.values().flatten().all(|other| other.level.mean.to_bits() == mean));
    }
}

#[test]
fn a_lever_shows_and_its_direction_is_certain() {
    let [base, _, wider] = three();
    let pairs = pairs(4);
    let found = compare(SEED, &[side("base", &pairs, base), side("wider", &pairs, wider)], None).unwrap();
    let year = found.against[0].metrics["ad_spend_usd"].keys().next_back().unwrap().clone();
    let spend = &found.against[0].metrics["ad_spend_usd"][&year];
    assert!(!spend.identical && spend.difference.mcse > 0.0);
    assert!(found.mixture.is_none() && found.schema == COMPARISON_SCHEMA && found.reference == "base");
    // The mean over pairs is that of the columns.
    let index = index_of("ad_spend_usd").unwrap();
    let of =
        |outcomes: &[Outcome]| outcomes.iter().map(|o| o.yearly[o.years.len() - 1][index]).sum::<f64>() / 4.0;
    assert!((spend.difference.value / (of(wider) - of(base)) - 1.0).abs() < 1e-9);
}

#[test]
fn the_order_of_scenarios_does_not_show() {
    let [a, b, c] = three();
    let pairs = pairs(4);
    let found = |order: [usize; 3]| {
        let all = [side("base", &pairs, a), side("theta", &pairs, b), side("wider", &pairs, c)];
        let sides = order.map(|place| side(all[place].name, &pairs, all[place].columns));
        let given = order.map(|place| [0.5, 0.2, 0.3][place]);
        let names = order.map(|place| all[place].name);
        compare(SEED, &sides, Some(&weights(&names, &given))).unwrap()
    };
    let by_name = |comparison: &Comparison| -> BTreeMap<String, String> {
        let text = |against: &_| serde_json::to_string(against).unwrap();
        comparison.against.iter().map(|against| (against.scenario.clone(), text(against))).collect()
    };
    let (one, other) = (found([0, 1, 2]), found([0, 2, 1]));
    assert_eq!(by_name(&one), by_name(&other));
    assert_eq!(serde_json::to_string(&one.mixture).unwrap(), serde_json::to_string(&other.mixture).unwrap());
    // Only the reference is special.
    assert_eq!(found([2, 0, 1]).reference, "wider");
}

#[test]
fn what_cannot_be_paired_is_refused() {
    let a = &three()[0][..3];
    let of_three = pairs(3);
    let fails = |sides: &[Side<'_, [Outcome]>]| compare(SEED, sides, None).unwrap_err();
    let base = || side("base", &of_three, a);
    assert!(matches!(fails(&[base()]), ComparisonError::TooFew { found: 1 }));
    assert!(matches!(fails(&[base(), base()]), ComparisonError::SameName { name } if name == "base"));
    let missing = |sides: &[Side<'_, [Outcome]>], who: &str, which: u64| {
        let error = fails(sides);
        let ComparisonError::Unpaired { scenario, replication, .. } = &error else { panic!("{error}") };
        assert_eq!((scenario.as_str(), *replication), (who, which), "{error}");
        assert!(error.hint().unwrap().contains("leave the pair out"));
    };
    let holed = [of_three[0], of_three[2]];
    let two = [a[0].clone(), a[2].clone()];
    missing(&[base(), side("b", &holed, &two)], "b", 1);
    missing(&[side("b", &holed, &two), base()], "b", 1);
    missing(&[base(), side("b", &of_three[..2], &a[..2])], "b", 2);
    missing(&[side("b", &of_three[..2], &a[..2]), base()], "b", 2);
    let swapped = [of_three[0], of_three[2], of_three[1]];
    missing(&[base(), side("b", &swapped, a)], "b", 1);
    let twice = [of_three[0], of_three[1], of_three[1]];
    assert!(matches!(
        fails(&[base(), side("b", &twice, a)]),
        ComparisonError::Repeated { draw: 0, replication: 1, .. }
    ));
    assert!(matches!(fails(&[base(), side("b", &of_three, &a[..2])]), ComparisonError::Shape { .. }));
    let one = &of_three[..1];
    let few = fails(&[side("a", one, &a[..1]), side("b", one, &a[..1])]);
    assert!(matches!(few, ComparisonError::TooFewPairs { found: 1 }));
    let others = weights(&["base", "c"], &[1.0, 1.0]);
    let error = compare(SEED, &[base(), side("b", &of_three, a)], Some(&others)).unwrap_err();
    assert!(
        matches!(error, ComparisonError::Weights(WeightsError::Unknown { ref name, .. }) if name == "c"),
        "{error}"
    );
    // What all have can be compared.
    let kept = complete_pairs([&of_three[..], &holed[..]]);
    assert_eq!(kept.into_iter().collect::<Vec<_>>(), holed);
}

#[test]
fn draws_under_one_chance_are_warned_of() {
    let a = &three()[0][..3];
    let draws: Vec<Pair> = (0..3).map(|draw| Pair { draw, replication: 5 }).collect();
    let found = compare(SEED, &[side("a", &draws, a), side("b", &draws, a)], None).unwrap();
    assert_eq!(found.warnings, [Warning::OneChance]);
    assert!(found.uncertainty.contains("draws of the parameters"));
}

#[test]
fn a_comparison_is_read_back_as_it_was_written() {
    let [a, b, _] = three();
    let pairs = pairs(4);
    let sides = [side("base", &pairs, a), side("theta, \"odd\"", &pairs, b)];
    let weights = weights(&["base", "theta, \"odd\""], &[2.0, 1.0]);
    let found = compare(SEED, &sides, Some(&weights)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(COMPARISON_FILE), comparison_json(&found).unwrap()).unwrap();
    assert_eq!(read_comparison(dir.path()).unwrap(), found);
    let csv = comparison_csv(&found).unwrap();
    let mut rows = csv::Reader::from_reader(csv.as_slice());
    let column = |name: &str, rows: &mut csv::Reader<&[u8]>| {
        rows.headers().unwrap().iter().position(|head| head == name).unwrap()
    };
    let [scenario, metric, year, difference, high] =
        ["scenario", "metric", "year", "difference", "relative_high"].map(|name| column(name, &mut rows));
    let mut n_rows = 0;
    for row in rows.records().map(Result::unwrap) {
        let expected = &found.against[0].metrics[&row[metric]][&row[year]];
        assert_eq!(&row[scenario], "theta, \"odd\"");
        assert_eq!(row[difference].parse::<f64>().unwrap().to_bits(), expected.difference.value.to_bits());
        assert_eq!(row[high].parse::<f64>().ok(), expected.relative.map(|relative| relative.high));
        n_rows += 1;
    }
    assert_eq!(n_rows, found.against[0].metrics.values().map(BTreeMap::len).sum::<usize>());
    assert!(n_rows > METRICS.len() / 2);
}

#[test]
fn what_is_not_finite_is_not_stored() {
    let a = &three()[0][..2];
    let pairs = pairs(2);
    let found = || {
        let sides = [side("base", &pairs, a), side("b", &pairs, a)];
        compare(SEED, &sides, Some(&weights(&["base", "b"], &[1.0, 1.0]))).unwrap()
    };
    let refused = |bend: &dyn Fn(&mut Comparison), words: &str| {
        let mut bent = found();
        bend(&mut bent);
        let error = comparison_json(&bent).unwrap_err();
        assert!(
            matches!(error, StoreError::NotFinite { .. }) && error.to_string().contains(words),
            "{error}"
        );
    };
    refused(
        &|c| {
            let by_year = c.against[0].metrics.get_mut("cr20").unwrap();
            by_year.values_mut().next().unwrap().variance_reduction = Some(f64::INFINITY);
        },
        "`cr20` of b in",
    );
    refused(
        &|c| {
            let by_month = c.against[0].monthly.get_mut("iap_usd").unwrap();
            by_month.values_mut().next().unwrap().difference.high = f64::NAN;
        },
        "`iap_usd` of b in",
    );
    refused(
        &|c| {
            let by_year = c.mixture.as_mut().unwrap().metrics.get_mut("hhi").unwrap();
            by_year.values_mut().next().unwrap().split.within.mcse = f64::NAN;
        },
        "the mixture of `hhi`",
    );
    refused(&|c| c.level = f64::NAN, "level");
}

/// A study on disk, with draws and replications, compared scenario by scenario.
#[cfg(feature = "parquet")]
#[test]
fn studies_on_disk_are_compared_like_outcomes_in_memory() {
    use bidcast::experiment::study::{Design, Finished, Job, Lever, Limits, Part, run_job, run_parts};
    use bidcast::store::study::{StudyFolder, StudyResults};

    let scenarios = [small(&[]), small(&["auction.theta=4.5"])];
    let levers = vec![Lever::of("supply.cpm_usd_per_mille*")];
    let draws = vec![vec![0.95], vec![1.05]];
    let design = Design::paired(&[&scenarios[0], &scenarios[1]], SEED, levers, draws, 2);
    let dir = tempfile::tempdir().unwrap();
    let folder = StudyFolder::begin(dir.path(), &design, &()).unwrap();
    let work = |job| run_job(&design, job, Limits::default());
    let mut keep = |part: &Part, results: &[Finished]| folder.add(&design, part, results);
    run_parts(&folder.missing().unwrap(), 2, &work, &mut keep, &Silent).unwrap();

    let results: Vec<StudyResults> = (0..2)
        .map(|variant| StudyResults::of(&folder, &design, |_, job: &Job| job.variant == variant).unwrap())
        .collect();
    let pairs: Vec<Vec<Pair>> = results
        .iter()
        .map(|results| results.jobs().iter().map(|job| Pair::from(&design.jobs[*job as usize])).collect())
        .collect();
    let sides: Vec<Side<'_, StudyResults>> = ["base", "theta"]
        .into_iter()
        .zip(pairs.iter().zip(&results))
        .map(|(name, (pairs, columns))| Side { name, pairs, columns })
        .collect();
    let found = compare(SEED, &sides, Some(&weights(&["base", "theta"], &[1.0, 1.0]))).unwrap();
    assert_eq!((found.pairs, found.draws, found.replications), (4, 2, 2));

    let in_memory: Vec<Vec<Outcome>> = (0..2)
        .map(|variant| {
            let jobs =
                (0..design.jobs.len() as u64).filter(|job| design.jobs[*job as usize].variant == variant);
            jobs.map(|job| run_job(&design, job, Limits::default()).outcome.unwrap()).collect()
        })
        .collect();
    let same = [side("base", &pairs[0], &in_memory[0]), side("theta", &pairs[1], &in_memory[1])];
    let expected = compare(SEED, &same, Some(&weights(&["base", "theta"], &[1.0, 1.0]))).unwrap();
    assert_eq!(serde_json::to_string(&found).unwrap(), serde_json::to_string(&expected).unwrap());
    // Draws with replications tell parameters from chance.
    let mixed = found.mixture.unwrap().metrics["cpm_usd"].values().next_back().cloned().unwrap();
    assert!(mixed.split.parameters.is_some() && mixed.split.chance.is_some());
}
