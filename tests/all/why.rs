//! Attribution: scenarios are taken apart and put together again, and what their parts contribute adds up to what the
//! whole does.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up should fail on the spot")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use bidcast::experiment::attribution::{
    Attribution, AttributionError, Common, Contrast, ContrastError, Method, Study, Target, attribute,
};
use bidcast::experiment::{Silent, Watch, replicate};
use bidcast::scenario::{Layer, Scenario};
use serde_json::Value;

use crate::common::{SEED, small, small_2026, yearly};

/// The small market as the file that both scenarios share.
fn common() -> Common {
    Common { files: vec![Layer::new("small.toml", small(&[]).resolved_toml())], sets: Vec::new() }
}

fn shock(name: &str, lines: &str) -> String {
    format!(
        "[[shock]]\nname = \"{name}\"\nwhy = \"w\"\nbasis = \"J\"\nsource = \"s\"\ndate = \"2025-02-01\"\n{lines}\n"
    )
}

fn fee(value: f64) -> String {
    shock("fee", &format!("parameter = \"cash.store_fee_share\"\nvalue = {value:?}"))
}

/// A setting and two shocks that bear one name: two parts.
fn two_parts() -> Layer {
    let prices = shock("boom", "parameter = \"supply.cpm_usd_per_mille\"\nfactor = 0.5");
    let purses = shock("boom", "parameter = \"wallet.payers_usd_per_month\"\nfactor = 1.5");
    Layer::new("two.toml", format!("name = \"two\"\n[cash]\nstore_fee_share = 0.1\n{prices}{purses}"))
}

fn names(contrast: &Contrast) -> Vec<&str> {
    contrast.parts().iter().map(|part| part.name.as_str()).collect()
}

fn between(from: &str, to: &str) -> Contrast {
    let layers = [Layer::new("from.toml", from), Layer::new("to.toml", to)];
    Contrast::between(Common::default(), Some(&layers[0]), Some(&layers[1])).unwrap()
}

/// Equal to the engine.
fn equal(a: &Scenario, b: &Scenario) -> bool {
    a.parameters() == b.parameters() && a.changes() == b.changes()
}

fn study(contrast: &Contrast, replications: u64, jobs: usize) -> Study {
    let target = |name| Target::try_new(contrast, name, None).unwrap();
    let targets = vec![target("market_total_usd"), target("cr20")];
    Study { seed: SEED, replications, jobs, exact_up_to: 4, pairs: 1, targets }
}

fn close(found: f64, expected: f64, scale: f64) -> bool {
    (found - expected).abs() <= 1e-9 * scale.abs()
}

#[test]
fn settings_are_parts_and_so_are_the_shocks_of_one_name() {
    let contrast = Contrast::between(Common::default(), None, Some(&two_parts())).unwrap();
    assert_eq!(names(&contrast), ["cash.store_fee_share", "boom"]);
    assert_eq!((contrast.from_name(), contrast.to_name()), ("base", "two"));
    assert!(contrast.parts()[0].change.ends_with(" → 0.1"), "{:?}", contrast.parts()[0]);
    assert_eq!(contrast.parts()[1].change, "shock of supply.cpm_usd_per_mille, wallet.payers_usd_per_month");
    let shocks = |on| contrast.scenario(on).unwrap().shocks().len();
    assert_eq!([0, 1, 2, 3].map(shocks), [0, 0, 2, 2]);
    let fee = |on| contrast.scenario(on).unwrap().parameters().spec.cash.store_fee_share;
    let base = contrast.from().parameters().spec.cash.store_fee_share;
    for (on, expected) in [(0, base), (1, 0.1), (2, base), (3, 0.1)] {
        assert!((fee(on) - expected).abs() < 1e-15, "setting {on}");
    }
}

#[test]
fn what_both_have_cancels_and_what_only_the_other_has_is_switched_off() {
    let from = format!("[auction]\ntheta = 3.5\n[cash]\nstore_fee_share = 0.2\n{}", fee(0.1));
    let to = format!("[cash]\nstore_fee_share = {{ value = 0.2, source = \"here\" }}\n{}", fee(0.1));
    let contrast = between(&from, &to);
    // The same value is no difference, however it is written and whatever is said of it.
    assert_eq!(names(&contrast), ["auction.theta"]);
    let theta = |on| contrast.scenario(on).unwrap().parameters().spec.auction.theta;
    assert!(
        (theta(0) - 3.5).abs() < 1e-15
            && (theta(1) - contrast.to().parameters().spec.auction.theta).abs() < 1e-15
    );
    assert_eq!([0, 1].map(|on| contrast.scenario(on).unwrap().shocks().len()), [1, 1]);
    // Shocks of one name that differ are one part, off as in the one and on as in the other.
    let changed = between(&fee(0.1), &fee(0.15));
    assert_eq!(names(&changed), ["fee"]);
    let value = |on| changed.scenario(on).unwrap().shocks()[0].spec.value;
    assert_eq!([0, 1].map(value), [Some(0.1), Some(0.15)]);
    let gone = between(&fee(0.1), "");
    assert_eq!([0, 1].map(|on| gone.scenario(on).unwrap().shocks().len()), [1, 0]);
}

#[test]
fn a_scenario_does_not_differ_from_itself() {
    let two = two_parts();
    let contrast = Contrast::between(common(), Some(&two), Some(&two)).unwrap();
    assert!(contrast.parts().is_empty() && contrast.scenario(0).unwrap().shocks().len() == 2);
    let found = attribute(&contrast, &study(&contrast, 1, 1), &Silent).unwrap();
    for effect in &found.effects {
        assert!(effect.parts.is_empty() && effect.from.mean > 0.0);
        assert_eq!(effect.total.mean.to_bits(), 0.0_f64.to_bits(), "{}", effect.metric);
    }
}

#[test]
fn shocks_of_both_keep_their_order() {
    // A value and a factor on one parameter do not commute.
    let value = shock("value", "parameter = \"cash.store_fee_share\"\nvalue = 0.2");
    let half = shock("half", "parameter = \"cash.store_fee_share\"\nfactor = 0.5");
    let third = shock("third", "parameter = \"cash.store_fee_share\"\nfactor = 0.3");
    let contrast = between(&format!("{half}{value}"), &format!("{value}{third}"));
    assert_eq!(names(&contrast), ["half", "third"]);
    assert!(equal(&contrast.scenario(0).unwrap(), contrast.from()));
    assert!(equal(&contrast.scenario(3).unwrap(), contrast.to()));
    let text = contrast.layer(2).text;
    let at = |name: &str| text.find(&format!("name = \"{name}\"")).unwrap();
    assert!(at("half") < at("value") && at("value") < at("third"), "{text}");
    // Both have both, and only the order differs: no mixture can be off in one and on in the other.
    let layers = [format!("{half}{value}"), format!("{value}{half}")].map(|text| Layer::new("x.toml", text));
    let found = Contrast::between(Common::default(), Some(&layers[0]), Some(&layers[1])).unwrap_err();
    assert_eq!(found, ContrastError::Order);
}

#[test]
fn what_cannot_be_taken_apart_is_refused_before_the_work() {
    let refuse = |text: &str| {
        Contrast::between(Common::default(), None, Some(&Layer::new("bad.toml", text))).unwrap_err()
    };
    let ContrastError::Input(problems) = refuse("[auction]\ntehta = 3.0") else { panic!("a misspelled key") };
    assert_eq!(problems.0[0].place.as_ref().unwrap().source, "bad.toml");
    assert_eq!(
        refuse("[run]\ntick_minutes = 720"),
        ContrastError::Run { paths: vec!["run.tick_minutes".into()] }
    );

    // Valid together, not alone: retention must fall with age.
    let steep =
        Layer::new("steep.toml", "[retention]\nday1_share = 0.05\nday7_share = 0.04\nday30_share = 0.03");
    let contrast = Contrast::between(common(), None, Some(&steep)).unwrap();
    let watch = Counter::default();
    let error = attribute(&contrast, &study(&contrast, 2, 1), &watch).unwrap_err();
    let AttributionError::Mixture { setting, source } = error else { panic!("{error}") };
    assert!(setting.contains("retention.day1_share") && setting.contains(" off"), "{setting}");
    assert!(source.to_string().contains("retention must fall"), "{source}");
    assert_eq!(watch.0.load(Ordering::SeqCst), 0, "nothing was run");

    assert!(matches!(Target::try_new(&contrast, "cr21", None), Err(AttributionError::UnknownMetric { .. })));
    assert!(matches!(
        Target::try_new(&contrast, "cr20", Some(2031)),
        Err(AttributionError::UnknownYear { .. })
    ));
}

/// Counts runs, and may stop after some.
#[derive(Default)]
struct Counter(AtomicU64, Option<u64>);

impl Watch for Counter {
    fn finished(&self, _: u64, _: u64) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn stop(&self) -> bool {
        self.1.is_some_and(|most| self.0.load(Ordering::SeqCst) >= most)
    }
}

/// The differences of two scenarios, replication by replication, by the usual way through single runs.
fn direct(contrast: &Contrast, metric: &str, replications: u64) -> Vec<f64> {
    let run = |scenario: &Scenario, k| yearly(&replicate(scenario, SEED, k).unwrap(), metric);
    (0..replications).map(|k| run(contrast.to(), k) - run(contrast.from(), k)).collect()
}

#[test]
fn parts_add_up_to_what_the_whole_does_for_any_number_of_threads() {
    let contrast = Contrast::between(common(), None, Some(&two_parts())).unwrap();
    let found = attribute(&contrast, &study(&contrast, 3, 1), &Silent).unwrap();
    assert_eq!((found.method, found.replications, found.interrupted), (Method::Exact, 3, false));
    for effect in &found.effects {
        let differences = direct(&contrast, &effect.metric, 3);
        let mean = differences.iter().sum::<f64>() / 3.0;
        assert_eq!(effect.total.mean.to_bits(), mean.to_bits(), "{}: the paired difference", effect.metric);
        let sum: f64 = effect.parts.iter().map(|part| part.contribution.mean).sum();
        assert!(close(sum, mean, effect.from.mean), "{}: {sum} is not {mean}", effect.metric);
        assert!(effect.residual <= 1e-9 * effect.from.mean, "{}: {}", effect.metric, effect.residual);
        for part in &effect.parts {
            let (alone, interaction) = (part.alone.unwrap(), part.interaction.unwrap());
            assert!(close(alone.mean + interaction.mean, part.contribution.mean, effect.from.mean));
            assert!(part.contribution.mean.abs() > 0.0 && part.contribution.mcse.unwrap() > 0.0);
        }
        // Two parts share what they do to each other equally.
        let [a, b] = &effect.parts[..] else { panic!("two parts") };
        assert!(close(a.interaction.unwrap().mean, b.interaction.unwrap().mean, effect.from.mean));
    }
    // Lower fees and fuller purses make a larger market, and the one thing is not the other.
    let market = &found.effects[0];
    assert!(market.parts.iter().all(|part| part.contribution.mean > 0.0), "{market:?}");
    assert_eq!(attribute(&contrast, &study(&contrast, 3, 2), &Silent).unwrap(), found);
}

#[test]
fn sampled_orders_add_up_too() {
    let text =
        format!("[auction]\ntheta = 3.5\n[fatigue]\nexponent = 0.3\n[exit]\nenabled = false\n{}", fee(0.1));
    let contrast = Contrast::between(common(), None, Some(&Layer::new("four.toml", text))).unwrap();
    assert_eq!(contrast.parts().len(), 4);
    let sampled = Study { exact_up_to: 0, ..study(&contrast, 2, 2) };
    assert_eq!(sampled.workload(&contrast).method, Method::Sampled { pairs: 1 });
    assert_eq!(sampled.workload(&contrast).settings, 8, "both ends, and three on either way between");
    let watch = Counter::default();
    let found = attribute(&contrast, &sampled, &watch).unwrap();
    assert_eq!(watch.0.load(Ordering::SeqCst), sampled.workload(&contrast).runs);
    for effect in &found.effects {
        let differences = direct(&contrast, &effect.metric, 2);
        let mean = differences.iter().sum::<f64>() / 2.0;
        assert_eq!(effect.total.mean.to_bits(), mean.to_bits(), "{}", effect.metric);
        assert!(effect.residual <= 1e-9 * effect.from.mean, "{}: {}", effect.metric, effect.residual);
        assert!(effect.parts.iter().all(|part| part.alone.is_none()));
    }
}

#[test]
fn an_interrupted_study_uses_whole_replications_only() {
    let contrast = Contrast::between(common(), None, Some(&two_parts())).unwrap();
    let whole = attribute(&contrast, &study(&contrast, 1, 1), &Silent).unwrap();
    let stopped = |most| -> Attribution {
        attribute(&contrast, &study(&contrast, 5, 1), &Counter(AtomicU64::new(0), Some(most))).unwrap()
    };
    let one = stopped(6);
    assert_eq!((one.replications, one.planned, one.interrupted), (1, 5, true));
    assert_eq!(one.effects, whole.effects);
    let none = stopped(3);
    assert!(none.replications == 0 && none.effects.is_empty() && none.interrupted);
}

#[test]
fn mechanisms_are_the_switches_of_the_registry() {
    let all = Contrast::mechanisms(Common::default(), &[]).unwrap();
    let found = names(&all);
    for name in ["learning", "supply.season", "wallet", "organic.charts", "entry"] {
        assert!(found.contains(&name), "{name} is not among {found:?}");
    }
    for parameter in all.from().registry() {
        let key = parameter.key();
        if key == "enabled" || key.ends_with("_enabled") {
            let known = all.parts().iter().any(|part| part.change == format!("{} = false", parameter.path));
            assert_eq!(known, parameter.value.as_bool().unwrap(), "{}", parameter.path);
            assert_eq!(all.to().registry().get(&parameter.path).unwrap().value.as_bool(), Some(false));
        }
    }
    // One that is off already cannot be switched off.
    let sets = vec!["wallet.enabled=false".to_owned()];
    let without = Contrast::mechanisms(Common { sets, ..Common::default() }, &[]).unwrap();
    assert_eq!(without.parts().len(), all.parts().len() - 1);
    let some = Contrast::mechanisms(Common::default(), &["fatigue".into(), "wallet".into()]).unwrap();
    assert_eq!(names(&some), ["fatigue", "wallet"]);
    // A row that says `wallet` alone would not tell what a wallet does from what its absence does.
    let labels: Vec<&str> = some.parts().iter().map(|part| part.label.as_str()).collect();
    assert_eq!(labels, ["fatigue switched off", "wallet switched off"]);
    let unknown = Contrast::mechanisms(Common::default(), &["walet".into()]).unwrap_err();
    assert!(matches!(unknown, ContrastError::UnknownMechanism { .. }));
}

/// Calls the program in a folder with the small market and the scenario of two parts.
fn call(folder: &Path, words: &[&str]) -> Output {
    fs::write(folder.join("small.toml"), small(&[]).resolved_toml()).unwrap();
    fs::write(folder.join("two.toml"), two_parts().text).unwrap();
    run(folder, words)
}

/// Calls the program in a folder as it is.
fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bidcast"));
    command.current_dir(folder).arg("why").args(words).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn the_program_says_how_much_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--scenario", "two.toml", "-c", "small.toml", "-n", "2", "--seed", "7"];
    let with = |more: &[&str]| {
        let output = call(folder.path(), &[&words[..], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let page = with(&[]);
    let lines: Vec<&str> = page.lines().collect();
    assert!(lines[0].starts_with("market_total_usd 2025: base ") && lines[0].contains(" → two "), "{page}");
    assert!(lines[1].starts_with("cr20 2025: base ") && lines[1].contains(" points"), "{page}");
    for part in
        ["cash.store_fee_share ", "boom ", "sum of the parts", "difference as run", "exact over all", "±"]
    {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    let json: Value = serde_json::from_str(&with(&["--format", "json", "--metric", "hhi"])).unwrap();
    assert_eq!(json["schema"], "bidcast/attribution/1");
    let effect = &json["effects"][0];
    let number = |value: &Value| value["mean"].as_f64().unwrap();
    assert_eq!(effect["metric"], "hhi");
    let sum: f64 = effect["parts"].as_array().unwrap().iter().map(|part| number(&part["contribution"])).sum();
    assert!(close(sum, number(&effect["total"]), number(&effect["from"])));
    assert_eq!(with(&["--format", "csv"]).lines().count(), 1 + 2 * 3, "two parts and the total, twice");
    let same = with(&["--against", "two.toml"]);
    assert!(same.contains("nothing to attribute"), "{same}");
}

#[test]
fn a_scenario_of_the_library_is_explained_on_a_market_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("small.toml"), small_2026("base").resolved_toml()).unwrap();
    let words = ["-c", "small.toml", "-n", "1", "--seed", "7", "-q", "--format", "json"];
    let with = |more: &[&str]| -> Value {
        let output = run(folder.path(), &[&words[..], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    // Explaining says what running says: the same market without and with the scenario, and the part in full.
    let fees = with(&["--scenario", "store_fees_10"]);
    let total = |scenario: &str| {
        let scenario = small_2026(scenario);
        yearly(&replicate(&scenario, 7, 0).unwrap(), "market_total_usd")
    };
    let (effect, before, after) = (&fees["effects"][0], total("base"), total("store_fees_10"));
    assert_eq!((&fees["from"], &fees["to"]), (&"base".into(), &"store_fees_10".into()));
    let mean = |value: &Value| value["mean"].as_f64().unwrap();
    assert!(close(mean(&effect["from"]), before, before) && close(mean(&effect["to"]), after, before));
    assert_eq!(effect["parts"].as_array().unwrap().len(), 1);
    assert_eq!(effect["parts"][0]["part"], "store_fees_10");
    assert!(close(mean(&effect["parts"][0]["contribution"]), after - before, before));
    // One scenario of the library against another: what either brings is a part, off as in the one, on as in the other.
    let apart = with(&["--scenario", "store_fees_10", "--against", "production_inflation"]);
    assert_eq!((&apart["from"], &apart["to"]), (&"production_inflation".into(), &"store_fees_10".into()));
    let parts = apart["effects"][0]["parts"].as_array().unwrap();
    let names: Vec<&str> = parts.iter().map(|part| part["part"].as_str().unwrap()).collect();
    assert!(names.len() == 2 && names[0] == "store_fees_10", "{names:?}");
    let sum: f64 = parts.iter().map(|part| mean(&part["contribution"])).sum();
    assert!(close(sum, mean(&apart["effects"][0]["total"]), before));
}

#[test]
fn mechanisms_are_told_as_switched_off() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--mechanisms=fatigue,wallet", "-c", "small.toml", "-n", "1", "-q"];
    let with =
        |more: &[&str]| String::from_utf8(call(folder.path(), &[&words[..], more].concat()).stdout).unwrap();
    let (page, csv) = (with(&[]), with(&["--format", "csv"]));
    for row in ["fatigue switched off", "wallet switched off"] {
        assert!(page.lines().any(|line| line.starts_with(row)), "{row:?} is missing in\n{page}");
        assert!(csv.contains(&format!(",{row},")), "{row:?} is missing in\n{csv}");
    }
    assert!(
        page.starts_with("market_total_usd 2025: base ") && page.contains(" → mechanisms off "),
        "{page}"
    );
}

#[test]
fn a_dry_run_says_what_and_how_much_and_beside_it_how_long() {
    let folder = tempfile::tempdir().unwrap();
    let plan = |words: &[&str]| {
        let output = call(folder.path(), &[&["-c", "small.toml", "--dry-run"], words].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap())
    };
    let two = ["--scenario", "two.toml", "-n", "2", "-j", "1"];
    let [listed, said] = plan(&two);
    assert!(
        listed
            .contains("2 parts, exact over all orders of the parts\n4 settings of 2 replications: 8 runs\n"),
        "{listed}"
    );
    assert!(said.contains("one run takes ") && said.contains(" on 1 thread"), "{said}");
    assert!(!listed.contains("one run takes"), "the time is no result:\n{listed}");
    let [quiet, nothing] = plan(&[&two[..], &["-q"]].concat());
    assert_eq!((quiet, nothing), (listed, String::new()));
    let [listed, _] = plan(&["--mechanisms=fatigue,wallet", "-q"]);
    assert!(
        listed.contains("wallet.enabled = false") && listed.contains("base → mechanisms off: 2 parts"),
        "{listed}"
    );
    let [all, _] = plan(&["--mechanisms", "-q"]);
    assert!(
        all.contains("supply.season_enabled = false") && all.contains("1 random order and the reverse"),
        "{all}"
    );
}

#[test]
fn wrong_calls_are_told_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    for (words, code, says) in [
        (&["-n", "1"][..], 2, "--scenario"),
        (&["--scenario", "nowhere.toml"], 3, "cannot read nowhere.toml"),
        (&["--scenario", "two.toml", "--mechanisms"], 2, "cannot be used with"),
        (&["--mechanisms=walet"], 2, "did you mean `wallet`?"),
        (&["--mechanisms", "--metric", "cr21"], 2, "there is no metric `cr21`"),
        (&["--mechanisms", "--year", "1999"], 2, "the years are 2025 to 2026"),
        (&["--scenario", "small.toml"], 2, "give settings of `run` to both"),
    ] {
        let output = call(folder.path(), words);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {stderr}");
        assert!(stderr.contains(says), "{words:?}: {says:?} is missing in\n{stderr}");
        assert!(output.stdout.is_empty(), "{words:?}: an error is no result");
    }
}
