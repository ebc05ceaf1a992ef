//! Leading apps buy one another.

use super::event::Event;
use super::simulation::{Simulation, occurrence};
use crate::market::apps::PAYOUT_RING_DAYS;
use crate::market::cohorts::NO_BOOK;
use crate::market::purpose::Purpose;
use crate::market::turns::Turn;
use crate::mechanisms::consolidation::draw_deal;
use crate::units::{SimTime, Usd};

impl Simulation<'_> {
    /// Draws the month's acquisitions among the leaders, from the revenues of the month that ends.
    pub(super) fn make_deals(&mut self, day: i64) {
        let params = &self.parameters.spec.consolidation;
        let mut stream = self.streams.open(Purpose::Acquisition.code(), 0, occurrence(day, 0));
        let deals = stream.poisson(params.acquisitions_per_year / 12.0);
        if deals == 0 {
            return;
        }
        let apps = &self.world.apps;
        let mut leaders: Vec<(f64, u32)> = apps
            .live
            .iter()
            .filter(|app| !apps.dormant[**app as usize])
            .map(|app| (apps.month_gross[*app as usize].to_f64(), *app))
            .collect();
        leaders.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        leaders.truncate(params.among_top_apps.round() as usize);
        for _ in 0..deals {
            let revenues: Vec<f64> = leaders.iter().map(|(usd, _)| *usd).collect();
            let Some((buyer, target)) = draw_deal(&revenues, &mut stream) else { return };
            let deal = Event::Acquisition { buyer: leaders[buyer].1, target: leaders[target].1 };
            self.schedule(SimTime::from_days(day), deal);
            // What was bought neither buys nor is bought again in the same month.
            leaders.remove(target);
        }
    }

    /// Moves users, books, money, titles and ad materials of the target to the buyer, and closes the target.
    pub(super) fn acquire(&mut self, buyer: u32, target: u32, day: i64) {
        let (b, t) = (buyer as usize, target as usize);
        let apps = &mut self.world.apps;
        let lots = std::mem::take(&mut apps.lots[t]);
        apps.lots[b].extend(lots);
        let aired = std::mem::take(&mut apps.aired[t]);
        apps.aired[b].extend(aired);
        for region in 0..self.parameters.n_regions() {
            let (to, from) = (apps.at(buyer, region), apps.at(target, region));
            apps.lot_weight[to] += apps.lot_weight[from];
        }
        let bought = std::mem::take(&mut apps.titles[t]);
        apps.titles[b].extend(bought);
        let titles = &self.world.titles;
        apps.titles[b].sort_by(|x, y| titles[*x].released_day.total_cmp(&titles[*y].released_day));
        self.withdraw(target);
        let apps = &mut self.world.apps;
        for region in 0..self.parameters.n_regions() {
            let (to, from) = (apps.at(buyer, region), apps.at(target, region));
            let book = std::mem::replace(&mut apps.book[from], NO_BOOK);
            if book == NO_BOOK {
                continue;
            }
            if apps.book[to] == NO_BOOK {
                // The buyer earns there from now on, but advertises only where it did.
                apps.book[to] = book;
                apps.value_prior[to] = apps.value_prior[from];
                if let Err(place) = apps.born[b].regions.binary_search(&region) {
                    apps.born[b].regions.insert(place, region);
                }
            } else {
                self.world.books.absorb(apps.book[to], book);
            }
            for column in [&mut apps.active_users, &mut apps.chart_installs] {
                column[to] += std::mem::take(&mut column[from]);
            }
            apps.organic_installs[to] += std::mem::take(&mut apps.organic_installs[from]);
            apps.paid_installs[to] += std::mem::take(&mut apps.paid_installs[from]);
        }
        let account = std::mem::take(&mut apps.account[t]);
        apps.account[b].absorb(account);
        apps.note(day, buyer, Turn::Bought { target, account });
        apps.note(day, target, Turn::Sold { buyer, account });
        for column in [&mut apps.cash, &mut apps.month_gross, &mut apps.month_contribution] {
            let taken = std::mem::replace(&mut column[t], Usd::ZERO);
            column[b] += taken;
        }
        for slot in 0..PAYOUT_RING_DAYS {
            let due = std::mem::take(&mut apps.payouts[t * PAYOUT_RING_DAYS + slot]);
            apps.payouts[b * PAYOUT_RING_DAYS + slot] += due;
        }
        for column in [
            &mut apps.budget_usd,
            &mut apps.spend_smooth,
            &mut apps.net_smooth,
            &mut apps.counted_smooth,
            &mut apps.paid_smooth,
            &mut apps.organic_smooth,
        ] {
            column[b] += std::mem::take(&mut column[t]);
        }
        self.leave(target);
        self.month.acquisitions += 1;
    }
}
