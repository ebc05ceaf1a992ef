//! Gates: what must hold before a posterior is believed, each with a light and the reason in words.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::abc::Kept;
use super::agreement::Agreement;
use super::check::RealRuns;
use super::moments::Moment;
use super::truths::Truths;
use crate::calibration::{Contraction, Learned, Light, PriorCheck, WaveReport};

/// Of all runs, so large a share may fail.
const MOST_FAILED: f64 = 0.01;
/// With fewer effective draws the ends of intervals are chance.
const LEAST_EFFECTIVE: f64 = 100.0;
/// From so many independent draws on, the place of the 5 % end is known to a hundredth and a half.
const ENOUGH_EFFECTIVE: f64 = 200.0;

/// A gate, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// G1 to G8.
    pub id: String,
    /// What is asked.
    pub name: String,
    /// The answer.
    pub light: Light,
    /// The figures behind it.
    pub said: String,
}

impl Gate {
    fn new(id: &str, name: &str, light: Light, said: String) -> Self {
        Self { id: id.into(), name: name.into(), light, said }
    }

    /// Its light in a word.
    pub fn word(&self) -> &'static str {
        match self.light {
            Light::Green => "ok",
            Light::Amber => "amber",
            Light::Red => "RED",
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.name, self.word(), self.said)
    }
}

/// The worst of some gates; green without any.
pub fn worst(gates: &[Gate]) -> Light {
    gates.iter().map(|gate| gate.light).max().unwrap_or(Light::Green)
}

/// Is each target within reach of the prior, and are all together?
pub fn prior_predictive(check: &PriorCheck, n_runs: usize, targets: &[Moment]) -> Gate {
    let out: Vec<String> = check
        .targets
        .iter()
        .filter(|reach| !reach.holds())
        .map(|reach| {
            let id = targets.get(reach.moment).map_or("?", |moment| moment.fact.id.as_str());
            format!("no parameters reproduce {id}: nearest {:.4e} for {:.4e}", reach.nearest, reach.observed)
        })
        .collect();
    let depth = check.depth.map_or_else(String::new, |depth| format!(", joint depth {depth:.2}"));
    let said = if out.is_empty() {
        format!("all {} targets within reach{depth}", check.targets.len())
    } else {
        out.join("; ") + &depth
    };
    Gate::new("G1", "prior predictive", check.light(n_runs), said)
}

/// Is the emulator of the last wave right about runs that it had not seen?
pub fn emulator(last: &WaveReport, targets: &[Moment]) -> Gate {
    // What is not fitted to may be emulated badly without harm.
    let fitted: Vec<_> = last.quality.iter().zip(targets).collect();
    let light = fitted.iter().map(|(quality, _)| quality.light()).max().unwrap_or(Light::Red);
    let worst: Vec<&str> = fitted
        .iter()
        .filter(|(quality, _)| quality.light() != Light::Green)
        .map(|(_, moment)| moment.fact.id.as_str())
        .collect();
    let covered = fitted.iter().map(|(quality, _)| quality.coverage);
    let (low, high) = covered.fold((1.0_f64, 0.0_f64), |(low, high), x| (low.min(x), high.max(x)));
    let mut said =
        format!("90 % intervals hold {:.0} to {:.0} % of runs left out", 100.0 * low, 100.0 * high);
    if !worst.is_empty() {
        said.push_str(&format!("; not green: {}", worst.join(", ")));
    }
    Gate::new("G2", "emulator", light, said)
}

/// Is the emulator right where the posterior lies, by real runs?
pub fn emulator_there(runs: &RealRuns) -> Gate {
    let fitted = runs.figures.iter().filter_map(|figure| Some((figure.emulator_rms?, &figure.id)));
    let worst = fitted.max_by(|a, b| a.0.total_cmp(&b.0));
    let said = worst
        .map_or_else(String::new, |(rms, id)| format!("worst z of {} real runs {rms:.2}, {id}", runs.n_runs));
    Gate::new("G3", "emulator at the posterior", runs.emulator_light(), said)
}

/// Do real runs at the posterior hold what was published?
pub fn predictive(runs: &RealRuns) -> Gate {
    let (inside, all) = runs.in_band();
    let out: Vec<String> = runs
        .figures
        .iter()
        .filter(|figure| figure.fitted && !figure.holds())
        .map(|figure| format!("{} {}", figure.id, if figure.observed > figure.high { "low" } else { "high" }))
        .collect();
    let mut said = format!("{inside} of {all} targets in their 90 % band");
    if !out.is_empty() {
        said.push_str(&format!("; too {}", out.join(", too ")));
    }
    Gate::new("G4", "posterior predictive", runs.predictive_light(), said)
}

/// Does the procedure find truths that are known?
pub fn truths(truths: &Truths) -> Gate {
    let light = if truths.holds() { Light::Green } else { Light::Red };
    let said = format!(
        "{} truths, 90 % intervals hold {:.0} % of {} parameters, least adjusted p {:.3}",
        truths.sbc.n,
        100.0 * truths.covered(),
        truths.sbc.parameters.len(),
        truths.least_p(),
    );
    Gate::new("G5", truths.kind.name(), light, said)
}

/// What was learned; never red, as not learning is no fault.
pub fn learned(contractions: &[Contraction]) -> Gate {
    let count = |class| contractions.iter().filter(|found| found.class == class).count();
    let said = format!(
        "{} parameters learned, {} partly, {} driven by their prior",
        count(Learned::Learned),
        count(Learned::Partly),
        count(Learned::PriorDriven)
    );
    Gate::new("G6", "identifiability", Light::Green, said)
}

/// Does a method without emulator agree?
pub fn agreement(agreement: &Agreement) -> Gate {
    let apart: Vec<&str> = agreement.apart().map(|found| found.name.as_str()).collect();
    let light = if apart.is_empty() { Light::Green } else { Light::Amber };
    let mut said = format!("smallest overlap with regression ABC {:.2}", agreement.least());
    if !apart.is_empty() {
        said.push_str(&format!("; apart: {}", apart.join(", ")));
    }
    Gate::new("G7", "agreement of methods", light, said)
}

/// Has the sampler converged, and did runs fail?
pub fn convergence(last: &WaveReport, n_failed: u64, n_runs: u64) -> Gate {
    let found = last.convergence;
    let light = match found.holds() {
        true => Light::Green,
        false if found.r_hat < 1.1 && found.effective > LEAST_EFFECTIVE => Light::Amber,
        false => Light::Red,
    };
    let said = format!(
        "R-hat {:.3}, {:.0} effective draws, {n_failed} of {n_runs} runs failed",
        found.r_hat, found.effective
    );
    Gate::new("G8", "convergence", light.max(failures_light(n_failed, n_runs)), said)
}

/// Are the weighted draws of a table worth enough, and did runs fail?
pub fn weighted(kept: &Kept, n_failed: u64, n_runs: u64) -> Gate {
    let light = match kept.effective {
        effective if effective >= ENOUGH_EFFECTIVE => Light::Green,
        effective if effective > LEAST_EFFECTIVE => Light::Amber,
        _ => Light::Red,
    };
    let said = format!(
        "{:.0} effective draws of {} runs that were kept, {n_failed} of {n_runs} runs failed",
        kept.effective, kept.runs
    );
    Gate::new("G8", "effective draws", light.max(failures_light(n_failed, n_runs)), said)
}

/// Did runs fail? All that can be asked of an ensemble: whether it has settled does not show.
pub fn failures(n_members: usize, n_failed: u64, n_runs: u64) -> Gate {
    let said = format!("{n_members} members are left, {n_failed} of {n_runs} runs failed");
    Gate::new("G8", "failed runs", failures_light(n_failed, n_runs), said)
}

/// Red when more than a hundredth failed.
fn failures_light(n_failed: u64, n_runs: u64) -> Light {
    if n_failed as f64 / n_runs.max(1) as f64 > MOST_FAILED { Light::Red } else { Light::Green }
}
