//! Priors: those that come with the program can be drawn and simulated; every problem of a file is told with its place.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up should fail on the spot")]

use bidcast::diagnostic::Diagnostics;
use bidcast::experiment::study::{Design, Lever};
use bidcast::scenario::{Layer, PRIORS, Priors, Scenario};

fn base() -> Scenario {
    Scenario::load(&[]).unwrap()
}

fn read(text: &str) -> Result<Priors, Diagnostics> {
    Priors::read(&Layer::new("my.toml", text), &base())
}

/// A prior of that name on a parameter, with a distribution.
fn prior(name: &str, path: &str, distribution: &str) -> String {
    format!(
        "[[prior]]\nname = \"{name}\"\nparameters = [\"{path}\"]\n{distribution}\nbasis = \"J\"\nsource = \"a test\"\n"
    )
}

const THREE_TO_FIVE: &str = "dist = \"uniform\"\nmin = 3.0\nmax = 5.0";

#[test]
fn the_priors_of_the_program_make_configurations_even_at_their_ends() {
    let base = base();
    let priors = Priors::read(&Layer::new("configs/priors.toml", PRIORS), &base).unwrap();
    let n = priors.priors.len();
    let levers: Vec<Lever> = priors
        .priors
        .iter()
        .map(|prior| Lever { name: prior.name.clone(), paths: prior.parameters.clone() })
        .collect();
    let corners = [1e-6, 0.5, 1.0 - 1e-6].map(|u| priors.values(vec![u; n])).to_vec();
    let design = Design::nested(&base, 7, levers, corners, 1);
    for job in 0..3 {
        if let Err(problem) = design.scenario(job) {
            panic!("{problem}");
        }
    }
    // Every prior moves something: no two of these configurations are the same in any of its parameters.
    let [low, middle, high] = [0, 1, 2].map(|job| design.scenario(job).unwrap());
    for path in priors.priors.iter().flat_map(|prior| &prior.parameters) {
        let value =
            |scenario: &Scenario| scenario.registry().get(path.trim_end_matches('*')).unwrap().value.clone();
        assert!(value(&low) != value(&middle) && value(&middle) != value(&high), "{path}");
    }
    assert!(priors.priors.iter().all(|prior| !prior.source.is_empty() && !prior.group.is_empty()));
}

#[test]
fn values_follow_the_quantiles_and_the_correlation() {
    let text = prior("a", "auction.theta", THREE_TO_FIVE)
        + &prior("b", "auction.floor_share*", "dist = \"uniform\"\nmin = 0.5\nmax = 1.5")
        + "[[correlation]]\nparams = [\"a\", \"b\"]\nspearman = 0.9\n";
    let priors = read(&text).unwrap();
    let values = priors.values(vec![0.25, 0.5]);
    assert!((values[0] - 3.5).abs() < 1e-12, "{values:?}");
    // The second is drawn given the first, which is low.
    assert!(values[1] < 0.9, "{values:?}");
    let alone =
        read(&prior("b", "auction.floor_share*", "dist = \"uniform\"\nmin = 0.5\nmax = 1.5")).unwrap();
    assert!((alone.values(vec![0.5])[0] - 1.0).abs() < 1e-12);
}

#[test]
fn all_problems_of_a_file_are_told_at_once_each_at_its_place() {
    let text = prior("a", "auction.tehta", THREE_TO_FIVE)
        + &prior("b", "auction.theta", "dist = \"uniform\"\nmin = 1.0\nmax = 5.0")
        + &prior("c", "run.tick_minutes", THREE_TO_FIVE)
        + &prior("d", "auction.theta", "dist = \"unifrm\"\nmin = 3.0\nmax = 5.0")
        + &prior("e", "auction.mode", THREE_TO_FIVE)
        + "[[prior]]\nname = \"f\"\n[[correlations]]\n";
    let problems = read(&text).unwrap_err();
    let told: Vec<String> = problems.0.iter().map(ToString::to_string).collect();
    for (place, words) in [
        ("my.toml:3:", "did you mean `auction.theta`"),
        ("my.toml:11:", "`auction.theta` does not take"),
        ("my.toml:19:", "belongs to the run"),
        ("my.toml:28:", "`uniform`"),
        ("my.toml:35:", "auction.mode"),
        ("my.toml:41:", "this prior cannot be read"),
        ("my.toml:43:", "unknown key `correlations`"),
    ] {
        assert!(
            told.iter().any(|one| one.contains(place) && one.contains(words)),
            "{place} {words}\n{told:#?}"
        );
    }
    assert_eq!(told.len(), 7, "{told:#?}");
}

#[test]
fn what_is_given_twice_and_correlations_that_cannot_be_are_refused() {
    let one = prior("a", "auction.theta", THREE_TO_FIVE);
    let refused = |text: &str, words: &str| {
        let told = read(text).unwrap_err().to_string();
        assert!(told.contains(words), "{words}\n{told}");
    };
    refused(
        &format!(
            "{one}{}",
            prior("a", "auction.floor_share", THREE_TO_FIVE.replace('3', "0").replace('5', "1").as_str())
        ),
        "two priors `a`",
    );
    refused(
        &format!("{one}{}", prior("b", "auction.theta", THREE_TO_FIVE)),
        "`auction.theta` has two priors",
    );
    refused(&format!("{one}[[correlation]]\nparams = [\"a\", \"z\"]\nspearman = 0.5\n"), "z");
    refused(&format!("{one}[[correlation]]\nparams = [\"a\"]\n"), "correlation");
    refused("prior = 3\n", "array of tables");
    refused("[[prior]\n", "not valid TOML");
}
