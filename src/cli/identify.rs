//! `bidcast identify`: what a calibration learned, from which target, and what the unknown costs a forecast. Nothing is run.

use std::path::Path;

use bidcast::calibration::{Esl, Learned};
use bidcast::experiment::fit::{Fit, Without, correlated, without_each};
use bidcast::report::table::{format_change, format_value};
use bidcast::rng::Streams;
use bidcast::sensitivity::{GivenRule, given};
use bidcast::stats::mean;
use bidcast::store::study::RoundsFolder;
use bidcast::store::{POSTERIOR_FILE, Posterior, PosteriorManifest, write_file};

use super::args::{Format, IdentifyArgs, Manner};
use super::calibrate::{failed, known, sentence, stored_rounds};
use super::failure::{Failure, Status};
use super::folder::store_failure;
use super::grid::{Cell, Grid};
use super::outcomes::{Target, targets};
use super::output::{say, show};
use super::rounds::{Begun, Question};
use super::stored::Stored;

/// Correlations from here on are told.
const STRONG: f64 = 0.8;
/// Below so many effective draws the posterior without a target is not known from these draws.
const LEAST_EFFECTIVE: f64 = 100.0;
/// Dummies and resamples behind the noise floor of an index.
const RULE: GivenRule = GivenRule { n_dummies: 3, n_resamples: 200, level: 0.9 };
/// Names the streams of dummies and resamples.
const STREAMS: u64 = u64::MAX - 3;
/// Page that is kept beside the calibration.
const PAGE_FILE: &str = "identify.md";

/// A forecast of the posterior: of each draw the mean over its replications, and the draw's values.
struct Forecast {
    target: Target,
    inputs: Vec<Vec<f64>>,
    names: Vec<String>,
    outcome: Vec<f64>,
}

/// Says what was learned.
///
/// # Errors
/// A folder that holds no finished calibration; a forecast of other parameters.
pub(crate) fn identify(args: &IdentifyArgs, manner: Manner) -> Result<(), Failure> {
    let fit = restored(&args.run)?;
    let posterior = Posterior::read(&args.run).map_err(store_failure)?;
    let esl = with_emulator(&fit, &args.run)?;
    let known = known(esl).map_err(failed)?;
    let emulator = esl.emulator().map_err(failed)?;
    let left_out = without_each(esl, &emulator, &fit.targets()).map_err(failed)?;
    let forecast = args.forecast.as_deref().map(|run| read(run, args, &posterior)).transpose()?;
    let mut parts = vec![("What was learned", learned(&posterior.manifest))];
    parts.push(("What each target told", told(&fit, &left_out, forecast.as_ref(), &posterior)));
    if let Some(forecast) = &forecast {
        parts.push(("What is not known, and what it costs", costs(&posterior.manifest, forecast)?));
    }
    let mut page = String::new();
    let heading = |title: &str| {
        if args.format == Format::Table { format!("{title}\n") } else { format!("## {title}\n\n") }
    };
    for (title, grid) in &parts {
        page.push_str(&heading(title));
        page.push_str(&grid.render(if args.format == Format::Md { Format::Md } else { Format::Table })?);
        page.push('\n');
    }
    page.push_str(&heading("Directions known better than by the prior"));
    for direction in known.iter().filter(|direction| direction.signal > 1.0) {
        page.push_str(&sentence(&fit, direction));
    }
    page.push_str(&together(&fit));
    match args.format {
        Format::Table | Format::Md => show(&page)?,
        Format::Csv | Format::Json => show(&parts[1].1.render(args.format)?)?,
    }
    let mut markdown = String::from("# What the data say of the parameters\n\n");
    for (title, grid) in &parts {
        markdown.push_str(&format!("## {title}\n\n{}\n", grid.render(Format::Md)?));
    }
    markdown.push_str("## Directions known better than by the prior\n\n");
    for direction in known.iter().filter(|direction| direction.signal > 1.0) {
        markdown.push_str(&format!("- {}", sentence(&fit, direction)));
    }
    markdown.push_str(&together(&fit));
    write_file(&args.run.join(PAGE_FILE), markdown.as_bytes()).map_err(store_failure)?;
    if !manner.quiet {
        say(&format!("also in {}", args.run.join(PAGE_FILE).display()));
    }
    Ok(())
}

/// The calibration as it was stored at its end.
fn restored(run: &Path) -> Result<Fit, Failure> {
    let begun: Begun = RoundsFolder::read::<Question>(run).map_err(store_failure)?;
    let Question::Calibrate(asked) = &begun.question else {
        return Err(Failure::message(Status::Usage, format!("`{}` is no calibration", run.display()))
            .hint("give the folder of `bidcast calibrate`"));
    };
    let unfinished = || {
        Failure::message(Status::Usage, format!("the calibration in `{}` has not ended", run.display()))
            .hint(format!("`bidcast resume {}` goes on with it", run.display()))
    };
    if !run.join(POSTERIOR_FILE).exists() {
        return Err(unfinished());
    }
    let engine = stored_rounds(run, asked.method)?.ok_or_else(unfinished)?;
    let (priors, moments) = asked.believed(&begun.variant.scenario().map_err(Failure::Input)?)?;
    Fit::restored(begun.variant, priors, moments, begun.seed, engine).map_err(failed)
}

/// The waves of a calibration: what a target told is read from their emulator.
fn with_emulator<'a>(fit: &'a Fit, run: &Path) -> Result<&'a Esl, Failure> {
    fit.esl().ok_or_else(|| {
        let message = format!("the calibration in `{}` has no emulator to ask", run.display());
        Failure::message(Status::Usage, message)
            .hint("parameters.csv in the folder says what was learned of each parameter")
            .hint("`bidcast calibrate --method esl` fits with an emulator")
    })
}

/// Reads a forecast, and makes sure that it is of this posterior.
fn read(run: &Path, args: &IdentifyArgs, posterior: &Posterior) -> Result<Forecast, Failure> {
    let stored = Stored::open(run)?;
    let wanted = targets(std::slice::from_ref(&args.metric), args.year, &stored.years())?;
    let target = wanted[0];
    let names: Vec<String> = stored.names().into_iter().map(str::to_owned).collect();
    let columns: Option<Vec<usize>> = names
        .iter()
        .map(|name| posterior.manifest.parameters.iter().position(|parameter| parameter.name == *name))
        .collect();
    let rows = posterior.thinned(stored.design.draws.len());
    let same = columns.is_some_and(|columns| {
        rows.len() == stored.design.draws.len()
            && rows.iter().zip(&stored.design.draws).all(|(row, draw)| {
                columns.iter().zip(draw).all(|(column, value)| row[*column].total_cmp(value).is_eq())
            })
    });
    if !same {
        let message = format!("the forecast in `{}` is not of this posterior", run.display());
        let own = args.run.display();
        return Err(Failure::message(Status::Usage, message)
            .hint(format!("`bidcast forecast --params posterior:{own}` makes one")));
    }
    let table = stored.table(target)?;
    if table.outcome.len() != rows.len() {
        let message = format!("the forecast in `{}` lacks replications of some draws", run.display());
        return Err(Failure::message(Status::Usage, message)
            .hint(format!("`bidcast resume {}` goes on with it", run.display())));
    }
    Ok(Forecast { target, inputs: table.inputs, names, outcome: table.outcome })
}

/// Contraction and class of each parameter, the best known first.
fn learned(manifest: &PosteriorManifest) -> Grid {
    let mut grid = Grid::new(["parameter", "contraction", "90 %", "class", "evidence of the prior"]);
    let mut parameters: Vec<_> = manifest.parameters.iter().collect();
    parameters.sort_by(|a, b| b.contraction.total_cmp(&a.contraction));
    for parameter in parameters {
        grid.push(vec![
            parameter.name.as_str().into(),
            Cell::number(format!("{:.2}", parameter.contraction), parameter.contraction),
            format!("{:.2} – {:.2}", parameter.contraction_low, parameter.contraction_high).into(),
            class(parameter.class).into(),
            parameter.basis.to_string().into(),
        ]);
    }
    grid
}

fn class(class: Learned) -> &'static str {
    match class {
        Learned::Learned => "learned",
        Learned::Partly => "partly",
        Learned::PriorDriven => "an assumption",
    }
}

/// What would not be known without each target.
fn told(fit: &Fit, left_out: &[Without], forecast: Option<&Forecast>, posterior: &Posterior) -> Grid {
    let mut columns = vec![
        "left out".to_owned(),
        "draws worth".into(),
        "teaches most of".into(),
        "contraction lost".into(),
    ];
    columns.extend(forecast.map(|forecast| format!("{} moves by", forecast.target.name())));
    let mut grid = Grid::new(columns);
    let targets = fit.targets();
    for without in left_out {
        let most = without.lost.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        let known = without.effective >= LEAST_EFFECTIVE;
        let mut row = vec![
            targets[without.moment].fact.id.as_str().into(),
            Cell::number(format!("{:.0}", without.effective), without.effective),
            most.map_or(Cell::Absent, |(at, _)| fit.priors().priors[at].name.as_str().into()),
            most.map_or(Cell::Absent, |(_, lost)| Cell::number(format!("{lost:.2}"), *lost)),
        ];
        row.extend(forecast.map(|forecast| {
            let moved = shift(forecast, &without.weights, posterior.draws.len());
            // Few draws that carry all the weight say nothing of where the rest would be.
            if known { Cell::number(format_change(moved), moved) } else { Cell::Absent }
        }));
        grid.push(row);
    }
    grid
}

/// Relative change of the mean forecast under other weights of the draws.
fn shift(forecast: &Forecast, weights: &[f64], all: usize) -> f64 {
    let n = forecast.outcome.len();
    let taken: Vec<f64> = (0..n).map(|k| weights[k * all / n]).collect();
    let sum: f64 = taken.iter().sum();
    let moved: f64 = taken.iter().zip(&forecast.outcome).map(|(w, y)| w * y / sum).sum();
    moved / mean(&forecast.outcome).unwrap_or(f64::NAN) - 1.0
}

/// Parameters by what they do to the forecast, those that the data do not know marked.
fn costs(manifest: &PosteriorManifest, forecast: &Forecast) -> Result<Grid, Failure> {
    let columns: Vec<&[f64]> = forecast.inputs.iter().map(Vec::as_slice).collect();
    let mut stream = Streams::new(manifest.seed, STREAMS).open(1, 0, 0);
    let found = given(&columns, &forecast.outcome, &RULE, &mut stream)
        .map_err(|error| Failure::told(Status::Usage, error).hint("give a forecast of more draws (-n)"))?;
    let mut grid = Grid::new([
        "parameter".to_owned(),
        "share of the variance".into(),
        "90 %".into(),
        "lowest tenth".into(),
        "highest tenth".into(),
        "class".into(),
    ]);
    let mut order: Vec<usize> = (0..found.inputs.len()).collect();
    order.sort_by(|a, b| found.inputs[*b].first.value.total_cmp(&found.inputs[*a].first.value));
    let unit = forecast.target.of().unit;
    for at in order {
        let input = &found.inputs[at];
        if input.first.value <= found.floor.first {
            continue;
        }
        let of = manifest.parameters.iter().find(|parameter| parameter.name == forecast.names[at]);
        let interval = input.first.interval.map_or_else(
            || "–".to_owned(),
            |interval| format!("{:.2} – {:.2}", interval.low.max(0.0), interval.high),
        );
        grid.push(vec![
            forecast.names[at].as_str().into(),
            Cell::number(format!("{:.2}", input.first.value), input.first.value),
            interval.into(),
            Cell::number(format_value(unit, input.mean_low), input.mean_low),
            Cell::number(format_value(unit, input.mean_high), input.mean_high),
            of.map_or(Cell::Absent, |parameter| class(parameter.class).into()),
        ]);
    }
    Ok(grid)
}

/// Parameters that are known together only.
fn together(fit: &Fit) -> String {
    let names = &fit.priors().priors;
    let found = correlated(&fit.posterior(), STRONG);
    if found.is_empty() {
        return format!("no two parameters are correlated by {STRONG} or more in the posterior\n");
    }
    let pair =
        |(a, b, rho): &(usize, usize, f64)| format!("{} and {} ({rho:+.2})", names[*a].name, names[*b].name);
    format!("known together only: {}\n", found.iter().map(pair).collect::<Vec<_>>().join(", "))
}
