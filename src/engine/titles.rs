//! Titles are released, copied, and leave the catalogue.

use super::event::Event;
use super::simulation::{Simulation, days};
use crate::market::purpose::Purpose;
use crate::market::titles::NewTitle;
use crate::mechanisms::content::Production;
use crate::rng::Stream;
use crate::units::{MINUTES_PER_DAY, SimTime, Usd};

/// Copies look back over this many top titles.
const HITS_KEPT: usize = 64;
/// Draws of log appeal above this many standard deviations are worth copying.
const HIT_FROM_SD: f64 = 1.5;

impl Simulation<'_> {
    /// Gives a newborn app a title of a random age, free of charge: it was paid before the app entered.
    pub(super) fn add_start_title(&mut self, app: u32, day: i64) {
        let mut stream = self.open_title_stream(app);
        let age = stream.unit() * self.parameters.spec.content.half_life_min_days;
        self.add_title(app, day as f64 - age, Production::Translated, &mut stream);
    }

    fn open_title_stream(&mut self, app: u32) -> Stream {
        let apps = &mut self.world.apps;
        let number = apps.releases[app as usize];
        apps.releases[app as usize] += 1;
        self.streams.open(Purpose::Title.code(), apps.born[app as usize].key, number)
    }

    /// Titles a month that an app releases under the parameters in force.
    fn release_rate(&self, app: u32) -> f64 {
        let p = self.parameters;
        let archetype = &p.archetypes[self.world.apps.born[app as usize].archetype];
        archetype.releases_titles_per_month * p.spec.content.release_factor
    }

    /// Schedules an app's next release after an exponential time.
    pub(super) fn schedule_release(&mut self, app: u32, now: SimTime) {
        let apps = &self.world.apps;
        let i = app as usize;
        let rate = self.release_rate(app);
        if !(rate > 0.0) {
            // A scenario may let releases start again: look back in a month.
            self.world.apps.release_ticket[i] = self.schedule(now.plus_days(30), Event::TitleRelease(app));
            return;
        }
        // Occurrence in the upper half: waiting times and traits of the same release never share a draw.
        let number = apps.releases[i] | (1 << 40);
        let mut stream = self.streams.open(Purpose::Title.code(), apps.born[i].key, number);
        let minutes = stream.exponential() / rate * 365.0 / 12.0 * MINUTES_PER_DAY as f64;
        let at = now.add_minutes((minutes as i64).max(1));
        self.world.apps.release_ticket[i] = self.schedule(at, Event::TitleRelease(app));
    }

    /// Releases a title, if the app can pay for one.
    pub(super) fn release_title(&mut self, app: u32, time: SimTime) {
        if !(self.release_rate(app) > 0.0) {
            self.schedule_release(app, time);
            return;
        }
        let p = self.parameters;
        let i = app as usize;
        let mut stream = self.open_title_stream(app);
        let traits = &p.archetypes[self.world.apps.born[i].archetype];
        let kind = stream.unit();
        let production = if kind < traits.shot_share {
            Production::Shot
        } else if kind < traits.shot_share + traits.ai_share {
            Production::Ai
        } else {
            Production::Translated
        };
        let z = stream.normal();
        let cash = self.world.apps.cash[i].to_f64();
        let affordable = [production, Production::Translated]
            .into_iter()
            .find(|kind| p.spec.content.cost(z, *kind) <= cash * p.spec.content.max_share_of_cash);
        if let Some(production) = affordable
            && let Ok(cost) = Usd::try_from_f64(p.spec.content.cost(z, production))
        {
            let apps = &mut self.world.apps;
            apps.cash[i] -= cost;
            apps.account[i].content += cost;
            apps.month_contribution[i] -= cost;
            self.month.content += cost;
            let z = self.add_title(app, days(time), production, &mut stream);
            self.note_hit(days(time), z);
            self.plan_early_if_short(app, time);
        }
        self.drop_old_titles(app, days(time));
        self.schedule_release(app, time);
    }

    /// Adds a title to an app's catalogue; gives the standard normal draw behind its appeal.
    fn add_title(&mut self, app: u32, released_day: f64, production: Production, stream: &mut Stream) -> f64 {
        let content = &self.parameters.spec.content;
        let skill = self.world.apps.born[app as usize].content_skill;
        let mut z = stream.normal();
        let oldest_copyable = released_day - content.copy_delay_days;
        if stream.unit() < content.copy_probability && content.appeal_log_sd > 0.0 {
            // The newest hit that is old enough to have been copied.
            if let Some((_, hit)) = self.world.hits.iter().rev().find(|(day, _)| *day <= oldest_copyable) {
                z = hit - content.copy_log_loss / content.appeal_log_sd;
            }
        }
        let span = content.half_life_max_days - content.half_life_min_days;
        let half_life_days = content.half_life_min_days + span * stream.unit();
        let (sd, theta) = (content.fit_log_sd, self.parameters.frechet.theta);
        let fit = &mut self.scratch.fit;
        fit.clear();
        fit.extend((0..self.parameters.n_regions()).map(|_| {
            if content.enabled {
                (theta * sd * stream.normal() - theta * theta * sd * sd / 2.0).exp()
            } else {
                1.0
            }
        }));
        let title = self.world.titles.add(&NewTitle {
            log_appeal: content.log_appeal(z, skill, production),
            half_life_days,
            released_day,
            fit_strength: fit,
        });
        self.world.apps.titles[app as usize].push(title);
        z
    }

    /// Notes a title that others may copy. Only titles released in the market are: what an app brings along at birth was
    /// seen by nobody, or an app without money would change the others.
    fn note_hit(&mut self, released_day: f64, z: f64) {
        if z > HIT_FROM_SD {
            if self.world.hits.len() == HITS_KEPT {
                self.world.hits.remove(0);
            }
            self.world.hits.push((released_day, z));
        }
    }

    /// Old titles leave the catalogue; the newest stays, whatever its age.
    fn drop_old_titles(&mut self, app: u32, today: f64) {
        let keep_days = self.parameters.spec.content.catalogue_days;
        let titles = &mut self.world.titles;
        let catalogue = &mut self.world.apps.titles[app as usize];
        while catalogue.len() > 1 && today - titles[catalogue[0]].released_day > keep_days {
            titles.leave_catalogue(catalogue.remove(0));
        }
    }
}
