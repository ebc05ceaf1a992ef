//! A checked spec with what follows from it, ready for the engine: curves, constants, dates as days.

use crate::diagnostic::Diagnostic;
use crate::market::stages::N_STAGES;
use crate::mechanisms::archetype::Archetype;
use crate::mechanisms::auction::Frechet;
use crate::mechanisms::creatives::ThompsonMoments;
use crate::mechanisms::retention::RetentionCurve;
use crate::scenario::spec::Spec;
use crate::units::Date;

/// A valid configuration and its derived constants. Shocks replace it whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// The values.
    pub spec: Spec,
    /// Auction constants.
    pub frechet: Frechet,
    /// Retention by stage.
    pub retention: RetentionCurve,
    /// Share of lifetime value paid per day, by stage.
    pub payments: [f64; N_STAGES],
    /// Share of lifetime payments inside the counting window.
    pub counted_payments: f64,
    /// Share of lifetime active days inside the counting window.
    pub counted_active_days: f64,
    /// Share of lifetime payments by the age of `roas_d7`.
    pub roas_payments: f64,
    /// Active days by the age of `roas_d7`.
    pub roas_active_days: f64,
    /// Moments of explored attractiveness.
    pub thompson: ThompsonMoments,
    /// Mean latent attractiveness of a lot.
    pub mean_attractiveness: f64,
    /// Archetypes in order of name.
    pub archetypes: Vec<Archetype>,
    /// Day of the scheduled entry of each archetype.
    pub scheduled_days: Vec<i64>,
    /// Channel of which each archetype's owner keeps a share for it.
    pub house_channels: Vec<Option<usize>>,
    /// First simulated day.
    pub start_day: i64,
    /// First reported day.
    pub report_day: i64,
    /// Last simulated day.
    pub end_day: i64,
}

impl Parameters {
    /// Checks a spec and derives what follows from it.
    ///
    /// # Errors
    /// All problems between parameters.
    pub fn try_new(spec: Spec) -> Result<Self, Vec<Diagnostic>> {
        let problems = spec.check();
        if !problems.is_empty() {
            return Err(problems);
        }
        let day = |text: &str, key: &str| {
            text.parse::<Date>()
                .map(Date::to_day)
                .map_err(|e| vec![Diagnostic::error(e.to_string()).with_key(key)])
        };
        let retention = spec.retention.curve();
        let window = spec.bidding.window_days;
        let archetypes: Vec<Archetype> = spec.archetype.values().cloned().collect();
        let scheduled_days =
            archetypes.iter().map(|a| day(&a.scheduled_date, "archetype")).collect::<Result<Vec<_>, _>>()?;
        let house_channels = archetypes
            .iter()
            .map(|a| spec.channels.names.iter().position(|name| *name == a.house_channel))
            .collect();
        Ok(Self {
            frechet: Frechet::new(spec.auction.theta),
            payments: spec.payers.curve().daily,
            counted_payments: spec.payers.share_paid_by(window),
            counted_active_days: spec.retention.share_of_active_days(window),
            roas_payments: spec.payers.share_paid_by(spec.observation.roas_days),
            roas_active_days: spec.retention.share_of_active_days(spec.observation.roas_days)
                * retention.lifetime_active_days,
            mean_attractiveness: spec.creatives.mean_attractiveness(spec.auction.theta),
            thompson: ThompsonMoments::new(spec.auction.theta),
            archetypes,
            scheduled_days,
            house_channels,
            start_day: day(&spec.run.start_date, "run.start_date")?,
            report_day: day(&spec.run.report_from_date, "run.report_from_date")?,
            end_day: day(&spec.run.end_date, "run.end_date")?,
            retention,
            spec,
        })
    }

    /// Regions.
    pub fn n_regions(&self) -> usize {
        self.spec.regions.names.len()
    }

    /// Channels.
    pub fn n_channels(&self) -> usize {
        self.spec.channels.names.len()
    }
}
