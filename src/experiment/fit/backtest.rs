//! The backtest: parameters fitted to what was known at some month, and what they say of the months after, beside what came and
//! beside what simple rules would have said.
//!
//! # Model
//!
//! A quantity is predicted by real runs at draws of the posterior, moved by what the model leaves out
//! ([`Discrepancy`], as if nothing later were known) and by the error of what was published. Three rules know the last figure and, where one was published, an
//! earlier one: *naive*, nothing changes; *drift*, the change goes on as it was; *growth*, its rate does. Their doubt is a random walk: the change that was seen, times the root of how much farther it goes. All is scored on
//! the logarithm, so that a score of 0.1 is about a tenth of the figure.
//!
//! # Source
//!
//! Quantities and dates are `configs/facts/backtest.csv`. T. Gneiting, A. E. Raftery, JASA 102 (2007), for the score.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::moments::Moment;
use crate::experiment::{Discrepancy, DiscrepancyError};
use crate::rng::Streams;
use crate::scenario::Fact;
use crate::stats::{SpreadTerm, crps, crps_normal, mean, pit, quantiles};
use crate::units::Month;

/// What is asked of the past, embedded: `configs/facts/backtest.csv`.
const QUESTIONS: &str = include_str!("../../../configs/facts/backtest.csv");
/// Names the stream of the errors of what was published.
const PUBLISHED: u64 = 0x4241_434B_0001;
/// Roles of a fact that is fitted, and of one that is only looked at.
const ROLES: (&str, &str) = ("fit", "initial");

/// A quantity that was not known yet.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    id: String,
    quantity: String,
    /// Fact that holds it, together with `less` where that is given.
    whole: String,
    less: Option<String>,
    first_month: u8,
    last_month: u8,
    /// The last figure that was known.
    last: String,
    /// One before it, of which `past_share` counts, and years from it to the last.
    past: Option<String>,
    past_share: Option<f64>,
    years_before: Option<f64>,
    /// Years from the last figure to what is asked.
    years_ahead: f64,
    #[serde(rename = "source")]
    _source: String,
}

/// What a simple rule says, and its score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: f64,
    /// Its score, without unit: the smaller the better.
    pub crps: f64,
}

/// A quantity, predicted and scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Its identifier.
    pub id: String,
    /// What it is.
    pub quantity: String,
    /// Metric that speaks of it, its place in the registry.
    pub metric: usize,
    /// What came.
    pub observed: f64,
    /// Quantiles of the prediction at .025, .1, .25, .5, .75, .9, .975.
    pub quantiles: Vec<f64>,
    /// Place of what came among the predictions.
    pub place: f64,
    /// Score on the logarithm.
    pub crps: f64,
    /// Simple rules.
    pub rules: Vec<Rule>,
}

/// All quantities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// What came later was not known.
    pub known_until: String,
    /// Each quantity.
    pub scored: Vec<Scored>,
}

/// Why nothing can be scored.
#[derive(Debug, Error)]
pub enum BacktestError {
    /// The embedded questions cannot be read.
    #[error("the questions of the backtest cannot be read")]
    Questions(#[from] csv::Error),
    /// The embedded discrepancies cannot be read.
    #[error(transparent)]
    Discrepancy(#[from] DiscrepancyError),
}

/// The facts as they were known after a month: what came later is held out of the fit.
pub fn known_by(facts: Vec<Fact>, until: Month) -> Vec<Fact> {
    let known = |fact: &Fact| fact.last_month().is_some_and(|month| month <= until);
    let seen = |fact: Fact| {
        let role = if fact.role == ROLES.0 && !known(&fact) { ROLES.1.to_owned() } else { fact.role.clone() };
        Fact { role, ..fact }
    };
    facts.into_iter().map(seen).collect()
}

impl Backtest {
    /// Scores rows of all moments, NaN where a run failed, simulated at draws of a posterior of what was known until a month.
    ///
    /// Questions whose facts are not there, or were known, are left out.
    ///
    /// # Errors
    /// None as long as the embedded tables can be read.
    pub fn of(
        moments: &[Moment],
        facts: &[Fact],
        rows: &[Vec<f64>],
        until: Month,
        seed: u64,
    ) -> Result<Self, BacktestError> {
        let questions: Result<Vec<Question>, csv::Error> =
            csv::Reader::from_reader(QUESTIONS.as_bytes()).deserialize().collect();
        let discrepancy = Discrepancy::shipped(seed)?.known_until(until);
        let past = Past { moments, facts, rows, until, seed, discrepancy };
        let scored = questions?.iter().filter_map(|question| past.score(question)).collect();
        Ok(Self { known_until: until.to_string(), scored })
    }

    /// Mean score of the model and of each rule over the quantities of which all speak.
    pub fn mean_scores(&self) -> Vec<(String, f64)> {
        let most = self.scored.iter().map(|scored| scored.rules.len()).max().unwrap_or(0);
        let full: Vec<&Scored> = self.scored.iter().filter(|scored| scored.rules.len() == most).collect();
        let of = |score: &dyn Fn(&Scored) -> f64| mean(&full.iter().map(|x| score(x)).collect::<Vec<f64>>());
        let model = of(&|scored| scored.crps).map(|score| ("model".to_owned(), score));
        let rule =
            |at: usize| Some((full.first()?.rules[at].name.clone(), of(&|scored| scored.rules[at].crps)?));
        model.into_iter().chain((0..most).filter_map(rule)).collect()
    }

    /// Quantities within the middle 50, 80 and 95 % of their predictions.
    pub fn held(&self) -> [usize; 3] {
        let inside = |low: usize| {
            let holds = |scored: &&Scored| {
                let ends = (scored.quantiles[low], scored.quantiles[scored.quantiles.len() - 1 - low]);
                ends.0 <= scored.observed && scored.observed <= ends.1
            };
            self.scored.iter().filter(holds).count()
        };
        [inside(2), inside(1), inside(0)]
    }
}

/// What is there to be scored.
struct Past<'a> {
    moments: &'a [Moment],
    facts: &'a [Fact],
    rows: &'a [Vec<f64>],
    until: Month,
    seed: u64,
    discrepancy: Discrepancy,
}

impl Past<'_> {
    fn score(&self, question: &Question) -> Option<Scored> {
        let (column, whole) = self.moment(&question.whole)?;
        if whole.fact.last_month()? <= self.until {
            return None;
        }
        let less =
            question.less.as_ref().map(|id| self.moment(id)).map_or(Some(None), |found| found.map(Some))?;
        let usable = self.rows.iter().enumerate().filter(|(_, row)| row.iter().all(|x| x.is_finite()));
        let own = |row: &[f64]| row[column] - less.map_or(0.0, |(column, _)| row[column]);
        let (runs, mut values): (Vec<u64>, Vec<f64>) =
            usable.map(|(run, row)| (run as u64, own(row))).filter(|(_, value)| *value > 0.0).unzip();
        let months: Vec<Month> = (question.first_month..=question.last_month)
            .filter_map(|month| Month::try_new(whole.year, month).ok())
            .collect();
        self.discrepancy.months(&runs, whole.metric, &months, &mut values);
        // What is published of a difference has the errors of both.
        let error = |moment: &Moment| moment.fact.sd.unwrap_or_default() * moment.fact.value;
        let observed = whole.fact.value - less.map_or(0.0, |(_, moment)| moment.fact.value);
        let sd = error(whole).hypot(less.map_or(0.0, |(_, moment)| error(moment))) / observed;
        let logs: Vec<f64> = runs
            .iter()
            .zip(&values)
            .map(|(run, value)| {
                value.ln() + sd * Streams::new(self.seed, *run).open(PUBLISHED, column as u64, 0).normal()
            })
            .collect();
        let cuts = quantiles(&logs, &[0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])?;
        Some(Scored {
            id: question.id.clone(),
            quantity: question.quantity.clone(),
            metric: whole.metric,
            observed,
            quantiles: cuts.into_iter().map(f64::exp).collect(),
            place: pit(&logs, observed.ln(), 0.5),
            crps: crps(&logs, observed.ln(), SpreadTerm::Fair)?,
            rules: self.rules(question, observed),
        })
    }

    fn rules(&self, question: &Question, observed: f64) -> Vec<Rule> {
        let value = |id: &String| self.facts.iter().find(|fact| fact.id == *id).map(|fact| fact.value);
        let Some(last) = value(&question.last) else { return Vec::new() };
        let rule = |name: &str, value: f64, sd: f64| {
            let crps = crps_normal(value.ln(), sd, observed.ln())?;
            Some(Rule { name: name.to_owned(), value, crps })
        };
        let past = question.past.as_ref().and_then(value).zip(question.past_share).zip(question.years_before);
        let Some(((past, share), years)) = past else {
            return rule("naive", last, 0.0).into_iter().collect();
        };
        let (before, farther) = (past * share, question.years_ahead / years);
        let sd = (last / before).ln().abs() * farther.sqrt();
        [
            rule("naive", last, sd),
            rule("drift", last + (last - before) * farther, sd),
            rule("growth", last * (last / before).powf(farther), sd),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn moment(&self, id: &str) -> Option<(usize, &Moment)> {
        self.moments.iter().enumerate().find(|(_, moment)| moment.fact.id == id)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "embedded tables that cannot be read have failed the test")]

    use super::*;
    use crate::experiment::fit::moments;
    use crate::scenario::{FACTS, facts};

    fn june() -> Month {
        "2025-06".parse().unwrap()
    }

    /// Rows of the shipped facts themselves, all figures times a factor.
    fn scored(factor: f64) -> Backtest {
        let facts = known_by(facts(FACTS).unwrap(), june());
        let moments = moments(&facts).unwrap();
        let row: Vec<f64> = moments.iter().map(|moment| factor * moment.fact.value).collect();
        Backtest::of(&moments, &facts, &vec![row; 400], june(), 7).unwrap()
    }

    #[test]
    fn what_came_later_is_held_out() {
        let facts = known_by(facts(FACTS).unwrap(), june());
        let fitted: Vec<&str> =
            facts.iter().filter(|fact| fact.role == "fit").map(|fact| fact.id.as_str()).collect();
        assert_eq!(fitted, ["iap_h1_2025", "downloads_h1_2025", "mau_mid_2025", "apps_mid_2025"]);
        assert!(facts.iter().any(|fact| fact.id == "iap_global_2025" && fact.role == "initial"));
        assert!(
            facts.iter().any(|fact| fact.id == "market_total_2026_published" && fact.role == "reference")
        );
    }

    #[test]
    fn a_model_that_is_right_beats_one_that_is_off_and_its_places_are_in_the_middle() {
        let (right, off) = (scored(1.0), scored(2.0));
        assert_eq!(right.scored.len(), 4);
        for (right, off) in right.scored.iter().zip(&off.scored) {
            assert!((right.place - 0.5).abs() < 5.0 * 0.5 / 20.0, "{right:?}");
            assert!(off.place < 0.1 && off.crps > 2.0 * right.crps, "{off:?}");
            assert!((right.quantiles[3] / right.observed - 1.0).abs() < 0.1, "{right:?}");
        }
        assert_eq!(right.held()[2], 4);
        let names: Vec<String> = right.mean_scores().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["model", "naive", "drift", "growth"]);
    }

    #[test]
    fn rules_go_on_from_what_was_known() {
        let found = scored(1.0);
        let apps = found.scored.iter().find(|scored| scored.id == "apps_end_2025").unwrap();
        let value = |name: &str| apps.rules.iter().find(|rule| rule.name == name).unwrap().value;
        // 200 in January, 309 in June: five months before, six ahead.
        assert!((value("naive") - 309.0).abs() < 1e-9);
        assert!((value("drift") - (309.0 + 109.0 * 0.5 / 0.41667)).abs() < 1e-9);
        assert!((value("growth") - 309.0 * (309.0_f64 / 200.0).powf(0.5 / 0.41667)).abs() < 1e-9);
        let people = found.scored.iter().find(|scored| scored.id == "mau_end_2025").unwrap();
        assert_eq!(people.rules.len(), 1);
        assert!(
            (people.rules[0].crps - (100.0_f64 / 80.0).ln()).abs() < 1e-12,
            "a point is scored by its distance"
        );
    }
}
