//! Which parameters are varied within what: ranges of the command line or priors, refused before the work if they do not fit.

use bidcast::diagnostic::{Diagnostic, Diagnostics, Place};
use bidcast::experiment::study::{Design, DesignError, Drawing, Lever};
use bidcast::sampling::{Distribution, GaussianCopula, Sampler};
use bidcast::scenario::{Basis, Prior, Priors, Scenario};

use super::args::{Span, VaryArgs};
use super::failure::{Failure, Status};
use super::source::Source;

/// Reads what is varied: `--vary` or `--params`, of which there must be one.
///
/// # Errors
/// Neither of them; parameters that are not there or do not take their range.
pub(crate) fn inputs(args: &VaryArgs, scenario: &Scenario) -> Result<Priors, Failure> {
    let none = || {
        Failure::message(Status::Usage, "no parameter is varied")
            .hint("name parameters and their ranges with --vary PATH=LO:HI, or take --params prior")
    };
    match &args.params {
        Some(source) => Source::read(source, scenario)?.ok_or_else(none)?.priors(),
        None if args.vary.is_empty() => Err(none()),
        None => uniform(&args.vary, scenario),
    }
}

/// Ranges as priors: uniform and independent of each other.
fn uniform(spans: &[Span], scenario: &Scenario) -> Result<Priors, Failure> {
    let mut problems = Vec::new();
    let mut priors: Vec<Prior> = Vec::new();
    for span in spans {
        let source = || Place {
            source: "--vary".into(),
            line: 1,
            column: 1,
            length: span.path.chars().count(),
            line_text: format!("{}={}:{}", span.path, span.low, span.high),
        };
        if priors.iter().any(|prior| prior.name == span.path) {
            problems.push(Diagnostic::error(format!("`{}` is varied twice", span.path)).at(source()));
            continue;
        }
        let refused =
            [span.low, span.high].into_iter().find_map(|value| refused(scenario, &span.path, value));
        let distribution = Distribution::uniform(span.low, span.high);
        match (refused, distribution) {
            (Some(problem), _) => problems.push(problem.at(source())),
            (None, Err(error)) => problems.push(Diagnostic::error(error.to_string()).at(source())),
            (None, Ok(distribution)) => priors.push(Prior {
                name: span.path.clone(),
                parameters: vec![span.path.clone()],
                distribution,
                group: span.path.split('.').next().unwrap_or_default().to_owned(),
                basis: Basis::Judgement,
                source: "--vary".into(),
            }),
        }
    }
    let names: Vec<&str> = priors.iter().map(|prior| prior.name.as_str()).collect();
    match GaussianCopula::try_new(&names, &[]) {
        Ok(copula) if problems.is_empty() => Ok(Priors { priors, copula }),
        Ok(_) => Err(Failure::Input(Diagnostics(problems))),
        Err(error) => Err(Failure::told(Status::Usage, error)),
    }
}

/// What is wrong with a value of a parameter, if anything; its place is for the caller to say.
pub(crate) fn refused(scenario: &Scenario, path: &str, value: f64) -> Option<Diagnostic> {
    if path == "run" || path.starts_with("run.") {
        let wrong =
            Diagnostic::error(format!("`{path}` belongs to the run, not to the world, and is not varied"));
        return Some(wrong.with_key(path));
    }
    let one = Design::nested(scenario, 0, vec![Lever::of(path)], vec![vec![value]], 1);
    match one.scenario(0) {
        Err(DesignError::Refused { diagnostics, .. }) => diagnostics.0.into_iter().next(),
        Err(error) => Some(Diagnostic::error(error.to_string()).with_key(path)),
        Ok(_) => None,
    }
}

/// Values at points of the unit cube, a row for each point.
///
/// # Errors
/// A number of points that the sampler cannot place.
pub(crate) fn placed(
    priors: &Priors,
    sampler: Sampler,
    points: usize,
    seed: u64,
) -> Result<Vec<Vec<f64>>, Failure> {
    let drawing = Drawing { sampler, draws: points, randomizations: 1 };
    drawing.values(priors, seed).map_err(|error| {
        let hint = error.hint();
        Failure::told(Status::Usage, error).hint(hint)
    })
}
