//! Where the parameters of a study come from: one set of them, what is believed before any run, or what was fitted.

use std::path::Path;

use bidcast::experiment::study::{Drawing, Lever, levers};
use bidcast::sampling::Sampler;
use bidcast::scenario::{Layer, PRIORS, Priors, Scenario};
use bidcast::store::Posterior;

use super::failure::{Failure, Status};
use super::folder::store_failure;
use super::setup::layer;

/// Where draws come from.
pub(crate) enum Source {
    /// What is believed before any run.
    Prior(Priors),
    /// What was fitted to published figures.
    Posterior(Box<Posterior>),
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
    /// Reads `point`, `prior`, `prior:FILE` or `posterior:RUN`; none for `point`.
    ///
    /// # Errors
    /// Another word; a file or run that cannot be read; priors that do not fit the scenario.
    pub(crate) fn read(text: &str, scenario: &Scenario) -> Result<Option<Self>, Failure> {
        let priors = |layer: &Layer| Priors::read(layer, scenario).map(Self::Prior).map_err(Failure::Input);
        let posterior = |posterior| Self::Posterior(Box::new(posterior));
        match text.split_once(':') {
            None if text == "point" => Ok(None),
            None if text == "prior" => priors(&Layer::new("priors.toml", PRIORS)).map(Some),
            Some(("prior", file)) => priors(&layer(Path::new(file))?).map(Some),
            Some(("posterior", run)) => {
                Posterior::read(Path::new(run)).map(posterior).map(Some).map_err(store_failure)
            }
            _ => {
                let message = format!("there are no parameters `{text}`");
                Err(Failure::message(Status::Usage, message)
                    .hint("give point, prior, prior:FILE, or posterior:RUN with the folder of a calibration"))
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
            Self::Posterior(_) => Err(Failure::message(
                Status::Usage,
                "parameters of a posterior depend on each other: they cannot be varied one by one",
            )
            .hint("ask a stored forecast instead: `bidcast sensitivity --run DIR`, or vary the prior")),
        }
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
            Self::Posterior(posterior) => {
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
