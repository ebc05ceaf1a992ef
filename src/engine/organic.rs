//! Users bring users: word of mouth and charts, and the growth of a region's pool.

use super::simulation::{Simulation, occurrence};
use crate::market::cohorts::NO_BOOK;
use crate::market::purpose::Purpose;

impl Simulation<'_> {
    /// Draws a region's organic installs of the day and grows its pool.
    pub(super) fn bring_organic(&mut self, region: usize, day: i64) {
        let p = self.parameters;
        let organic = &p.spec.organic;
        let depletion = p.spec.response.depletion(self.world.regions.users_per_person(region));
        let apps = &mut self.world.apps;
        self.scratch.chart.clear();
        for &app in &apps.live {
            let at = apps.at(app, region);
            if apps.book[at] != NO_BOOK && apps.chart_installs[at] > 0.0 {
                self.scratch.chart.push((apps.chart_installs[at], app));
            }
        }
        // Rank by trailing installs, ties by age of the app: only the shown ranks need an order.
        let by_rank = |a: &(f64, u32), b: &(f64, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        let shown = (organic.chart_ranks as usize).min(self.scratch.chart.len());
        if shown > 0 && shown < self.scratch.chart.len() {
            self.scratch.chart.select_nth_unstable_by(shown - 1, by_rank);
        }
        self.scratch.chart.truncate(shown);
        self.scratch.chart.sort_unstable_by(by_rank);
        let total = organic.chart_total(self.world.regions.paid_installs[region]);
        organic.chart_shares(shown, &mut self.scratch.chart_shares);
        let charted = &mut self.scratch.charted;
        charted.clear();
        let places = self.scratch.chart.iter().zip(&self.scratch.chart_shares);
        charted.extend(places.map(|((_, app), share)| (*app, total * share)));
        charted.sort_unstable_by_key(|(app, _)| *app);
        let mut next = charted.iter().peekable();
        for &app in &apps.live {
            let at = apps.at(app, region);
            if apps.book[at] == NO_BOOK {
                continue;
            }
            let mut mean = organic.word_of_mouth(apps.active_users[at]);
            if let Some((_, from_chart)) = next.next_if(|(charted, _)| *charted == app) {
                mean += from_chart;
            }
            if mean > 0.0 {
                let key = apps.born[app as usize].key;
                let mut stream =
                    self.streams.open(Purpose::Organic.code(), key, occurrence(day, region as u64));
                apps.organic_installs[at] += stream.poisson(mean * depletion);
            }
        }
        let regions = &mut self.world.regions;
        regions.people[region] = p.spec.pool.next_day(regions.people[region], regions.reachable[region]);
    }
}
