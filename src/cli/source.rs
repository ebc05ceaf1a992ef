//! Where the parameters of a study come from: one set of them, what is believed before any run, or what was fitted.

use std::path::Path;

use bidcast::experiment::Fitted;
use bidcast::experiment::study::{Drawing, Lever, levers};
use bidcast::sampling::Sampler;
use bidcast::scenario::{LIBRARY, Layer, PRIORS, Priors, Scenario, Shipped};
use bidcast::store::Posterior;

use super::args::Manner;
use super::failure::{Failure, Status};
use super::folder::store_failure;
use super::output::say;
use super::setup::layer;

/// Part of the configuration that says what is simulated, not which market.
const RUN: &str = "run";

/// Where draws come from.
pub(crate) enum Source {
    /// What is believed before any run.
    Prior(Priors),
    /// What was fitted to published figures, and where it was found.
    Posterior(Box<Posterior>, String),
}

/// How draws are to be placed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) sampler: Sampler,
    pub(crate) draws: usize,
    pub(crate) randomizations: usize,
    pub(crate) seed: u64,
}

/// Draws of the parameters.
pub(crate) struct Drawn {
    pub(crate) drawing: Drawing,
    pub(crate) levers: Vec<Lever>,
    pub(crate) values: Vec<Vec<f64>>,
}

impl Source {
    /// What is drawn when nothing is said: the posterior that comes with the program, in the market that it was fitted to, with
    /// or without what a scenario of the library changes. In a market of the user's own it says nothing, and one point is taken.
    ///
    /// # Errors
    /// A posterior that cannot be read.
    pub(crate) fn usual(scenario: &Scenario, manner: Manner) -> Result<Option<Self>, Failure> {
        let shipped = |origin: &str| LIBRARY.iter().map(Shipped::layer).any(|layer| layer.name == origin);
        let own = scenario.registry().iter().find(|parameter| {
            parameter.is_overridden() && parameter.section() != RUN && !shipped(&parameter.origin)
        });
        let Some(own) = own else { return Self::read("posterior", scenario) };
        if !manner.quiet {
            say(&format!(
                "parameters are at one point: the shipped posterior was fitted to another market ({} is yours); fit \
                 it with `bidcast calibrate`, or draw the shipped one all the same with --params posterior",
                own.path
            ));
        }
        Ok(None)
    }

    /// Reads `point`, `prior`, `prior:FILE`, `posterior` or `posterior:RUN`; none for `point`.
    ///
    /// # Errors
    /// Another word; a file or run that cannot be read; priors that do not fit the scenario.
    pub(crate) fn read(text: &str, scenario: &Scenario) -> Result<Option<Self>, Failure> {
        let priors = |layer: &Layer| Priors::read(layer, scenario).map(Self::Prior).map_err(Failure::Input);
        let posterior = |posterior, name: &str| Self::Posterior(Box::new(posterior), name.to_owned());
        match text.split_once(':') {
            None if text == "point" => Ok(None),
            None if text == "prior" => priors(&Layer::new("priors.toml", PRIORS)).map(Some),
            Some(("prior", file)) => priors(&layer(Path::new(file))?).map(Some),
            None if text == "posterior" => {
                let shipped = Posterior::shipped().map_err(store_failure)?;
                Ok(Some(posterior(shipped, "shipped")))
            }
            Some(("posterior", run)) => {
                let found = Posterior::read(Path::new(run)).map_err(store_failure)?;
                Ok(Some(posterior(found, run)))
            }
            _ => {
                let message = format!("there are no parameters `{text}`");
                Err(Failure::message(Status::Usage, message)
                    .hint("give point, prior, prior:FILE, posterior, or posterior:RUN with the folder of a calibration"))
            }
        }
    }

    /// The priors, for what needs more than draws.
    ///
    /// # Errors
    /// A posterior, which is draws and nothing else.
    pub(crate) fn priors(self) -> Result<Priors, Failure> {
        match self {
            Self::Prior(priors) => Ok(priors),
            Self::Posterior(..) => Err(Failure::message(
                Status::Usage,
                "parameters of a posterior depend on each other: they cannot be varied one by one",
            )
            .hint("ask a stored forecast instead: `bidcast sensitivity --run DIR`, or vary the prior")),
        }
    }

    /// What a posterior passed; none of a prior.
    pub(crate) fn fitted(&self) -> Option<Fitted> {
        let Self::Posterior(posterior, name) = self else { return None };
        let manifest = &posterior.manifest;
        let (inside, all) = manifest.figures.in_band();
        Some(Fitted {
            name: name.clone(),
            runs: manifest.runs,
            parameters: manifest.parameters.len() as u64,
            prior_driven: manifest.prior_driven() as u64,
            in_band: (inside as u64, all as u64),
            gates: manifest.gates.clone(),
        })
    }

    /// Draws for some scenarios. What one of them is given, by itself, a file or --set, is not drawn over; a factor multiplies
    /// it.
    ///
    /// # Errors
    /// A number of draws that the sampler cannot place, or that a posterior does not have.
    pub(crate) fn draw(&self, scenarios: &[&Scenario], wanted: Wanted) -> Result<Drawn, Failure> {
        let Wanted { sampler, draws, randomizations, seed } = wanted;
        let (levers, mut values, sampler) = match self {
            Self::Prior(priors) => {
                let drawing = Drawing { sampler, draws, randomizations };
                let values = drawing.values(priors, seed).map_err(|error| {
                    let hint = error.hint();
                    Failure::told(Status::Usage, error).hint(hint)
                })?;
                (levers(priors), values, sampler)
            }
            Self::Posterior(posterior, _) => {
                let there = posterior.draws.len();
                if draws > there {
                    let message = format!("the posterior has {there} draws, and {draws} are asked for");
                    return Err(Failure::message(Status::Usage, message)
                        .hint("ask for fewer with -n, and for more replications of each with --reps"));
                }
                let lever = |parameter: &bidcast::store::FittedParameter| Lever {
                    name: parameter.name.clone(),
                    paths: parameter.paths.clone(),
                };
                let levers: Vec<Lever> = posterior.manifest.parameters.iter().map(lever).collect();
                // Draws of a sampler are as good as independent when they are taken far apart.
                (levers, posterior.thinned(draws), Sampler::Independent)
            }
        };
        let drawn: Vec<bool> = levers.iter().map(|lever| !is_given(lever, scenarios)).collect();
        for row in &mut values {
            let mut at = drawn.iter();
            row.retain(|_| at.next().copied().unwrap_or(true));
        }
        let mut at = drawn.iter();
        let levers = levers.into_iter().filter(|_| at.next().copied().unwrap_or(true)).collect();
        Ok(Drawn { drawing: Drawing { sampler, draws, randomizations }, levers, values })
    }
}

/// Whether one of the scenarios was given the value that a lever would set.
fn is_given(lever: &Lever, scenarios: &[&Scenario]) -> bool {
    let given = |path: &String| {
        !path.ends_with('*')
            && scenarios
                .iter()
                .any(|scenario| scenario.registry().get(path).is_some_and(|found| found.is_overridden()))
    };
    lever.paths.iter().any(given)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a scenario that cannot be loaded fails the test")]

    use bidcast::scenario::Overlay;

    use super::*;

    const QUIET: Manner = Manner { quiet: true, verbose: false };

    /// Levers of a few draws from what is usual; none at one point.
    fn drawn(overlays: &[Overlay<'_>]) -> Option<usize> {
        let scenario = Scenario::load(overlays).unwrap();
        let wanted = Wanted { sampler: Sampler::Sobol, draws: 4, randomizations: 2, seed: 1 };
        let usual = Source::usual(&scenario, QUIET).ok().unwrap();
        usual.map(|source| source.draw(&[&scenario], wanted).ok().unwrap().levers.len())
    }

    #[test]
    fn the_shipped_posterior_is_drawn_in_the_market_that_it_was_fitted_to() {
        let all = Posterior::shipped().unwrap().manifest.parameters.len();
        assert_eq!(drawn(&[]), Some(all));
        assert_eq!(drawn(&[Overlay::Set("run.end_date=2025-12-31")]), Some(all), "how long is no market");
        for shipped in LIBRARY {
            let layer = shipped.layer();
            assert!(drawn(&[Overlay::File(&layer)]).is_some(), "{} keeps it", shipped.name);
        }
        assert_eq!(drawn(&[Overlay::Set("auction.theta=4.5")]), None);
        let scenario = Scenario::load(&[Overlay::Set("auction.theta=4.5")]).unwrap();
        let asked = Source::read("posterior", &scenario).ok().flatten().unwrap();
        let wanted = Wanted { sampler: Sampler::Sobol, draws: 4, randomizations: 2, seed: 1 };
        let found = asked.draw(&[&scenario], wanted).ok().unwrap();
        assert_eq!(found.levers.len(), all - 1, "what is given is not drawn");
        assert!(asked.fitted().is_some_and(|fitted| fitted.name == "shipped" && !fitted.gates.is_empty()));
    }
}
