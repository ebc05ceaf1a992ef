//! Apps come into being: at the start, by chance, or on a scheduled date.

use super::event::Event;
use super::simulation::{Simulation, occurrence};
use crate::market::apps::NewApp;
use crate::market::purpose::Purpose;
use crate::scenario::population::{self, Origin};
use crate::units::SimTime;

impl Simulation<'_> {
    /// Places the start population.
    pub(super) fn populate(&mut self) {
        let day = self.parameters.start_day;
        for archetype in 0..self.parameters.archetypes.len() {
            let n = self.parameters.archetypes[archetype].start_apps.round() as u64;
            for ordinal in 0..n {
                let key = population::key(Origin::Start, archetype, ordinal);
                self.bear(population::draw(self.parameters, &self.streams, key, archetype, day));
            }
        }
        for app in self.scenario.extra_apps() {
            self.bear(app.clone());
        }
    }

    /// Draws the entrants of a day.
    pub(super) fn enter(&mut self, day: i64) {
        let p = self.parameters;
        for (archetype, scheduled) in p.scheduled_days.iter().enumerate() {
            if *scheduled == day {
                for ordinal in 0..p.archetypes[archetype].scheduled_apps.round() as u64 {
                    let key = population::key(Origin::Scheduled, archetype, ordinal);
                    self.bear(population::draw(p, &self.streams, key, archetype, day));
                    self.month.entries += 1;
                }
            }
        }
        let entry = &p.spec.entry;
        let margin = if self.market_spend > 0.0 {
            self.market_net / self.market_spend
        } else {
            entry.reference_margin
        };
        let rate = entry.rate_per_day(day as f64, margin, p.spec.content.translated_cost_usd_per_title);
        let mut stream = self.streams.open(Purpose::Entry.code(), 0, occurrence(day, 0));
        let (mix, over) = (entry.mix_share(day as f64), entry.fall_share(day as f64));
        let weights: Vec<f64> = p
            .archetypes
            .iter()
            .map(|a| {
                let shifted = a.entry_weight * (1.0 - mix) + a.entry_weight_boom * mix;
                shifted * (1.0 - over) + a.entry_weight_late * over
            })
            .collect();
        for ordinal in 0..stream.poisson(rate) {
            let archetype = stream.pick(&weights);
            let key = population::key(Origin::Entrant { day }, archetype, ordinal);
            self.bear(population::draw(p, &self.streams, key, archetype, day));
            self.month.entries += 1;
        }
    }

    /// Brings an app to life: its books, seats, first titles and first events.
    fn bear(&mut self, new: NewApp) {
        let day = new.born_day;
        let app = self.world.apps.add(new);
        self.tick_budget.push(0.0);
        let i = app as usize;
        for k in 0..self.world.apps.born[i].regions.len() {
            let region = self.world.apps.born[i].regions[k];
            let at = self.world.apps.at(app, region);
            self.world.apps.book[at] = self.world.books.open();
        }
        if self.parameters.house_channels[self.world.apps.born[i].archetype].is_some() {
            self.world.apps.house.push(app);
        }
        self.launch(app, day);
    }

    /// Lets an app advertise: beliefs and seats, titles to cut ads from, and its daily events.
    pub(super) fn launch(&mut self, app: u32, day: i64) {
        self.take_seats(app, day);
        let i = app as usize;
        let archetype = &self.parameters.archetypes[self.world.apps.born[i].archetype];
        for _ in 0..archetype.start_titles.round() as u64 {
            self.add_start_title(app, day);
        }
        let now = SimTime::from_days(day);
        self.world.apps.creative_ticket[i] = self.schedule(now, Event::LotLaunch(app));
        self.world.apps.plan_ticket[i] = self.schedule(now, Event::BudgetPlan(app));
        self.schedule_release(app, now);
    }

    /// Draws an app's first beliefs and seats it in its cells.
    fn take_seats(&mut self, app: u32, day: i64) {
        let p = self.parameters;
        let spec = &p.spec;
        let i = app as usize;
        let log_sd = if !spec.learning.enabled {
            0.0
        } else if day == p.start_day {
            spec.learning.incumbent_prior_log_sd
        } else {
            spec.learning.entrant_prior_log_sd
        };
        let apps = &mut self.world.apps;
        // Each launch has errors of its own.
        let launch = u64::from(apps.relaunches[i]) << 32;
        let (key, conversion_skill, value_skill) =
            (apps.born[i].key, apps.born[i].conversion_skill, apps.born[i].value_skill);
        let payer_value_factor = p.archetypes[apps.born[i].archetype].payer_value_factor;
        for k in 0..apps.born[i].regions.len() {
            let region = apps.born[i].regions[k];
            let at = apps.at(app, region);
            apps.creative_strength[at] = 1.0;
            let mut stream =
                self.streams.open(Purpose::PriorError.code(), key, launch | (1000 + region as u64));
            let truth = spec.payers.value_usd_per_install[region] * payer_value_factor * value_skill.exp();
            apps.value_prior[at] = truth * (log_sd * stream.normal()).exp();
            for &channel in &apps.born[i].channels {
                let cell = region * p.n_channels() + channel;
                let conversion = spec.response.conversion(region, channel, conversion_skill);
                let mut stream = self.streams.open(Purpose::PriorError.code(), key, launch | cell as u64);
                let prior = conversion * (log_sd * stream.normal()).exp();
                self.world.cells[cell].seat(app, conversion, prior);
            }
        }
    }
}
