//! Apps are reviewed each month: some leave, some fall dormant or wake, some are funded, some are bought.

use super::event::Event;
use super::simulation::{Simulation, occurrence};
use crate::market::cohorts::NO_BOOK;
use crate::market::purpose::Purpose;
use crate::market::turns::{Cause, Turn};
use crate::mechanisms::dormancy::Fate;
use crate::units::{SimTime, Usd};

impl Simulation<'_> {
    /// Reviews all apps on the first of a month.
    pub(super) fn review(&mut self, day: i64) {
        let p = self.parameters;
        let live = self.world.apps.live.clone();
        for app in live {
            let i = app as usize;
            let apps = &self.world.apps;
            if ((day - apps.born[i].born_day) as f64) < p.spec.exit.grace_days {
                continue;
            }
            let mut stream = self.streams.open(Purpose::Review.code(), apps.born[i].key, occurrence(day, 0));
            let (exit_draw, funding_draw) = (stream.unit(), stream.unit());
            let (stay_draw, relaunch_draw) = (stream.unit(), stream.unit());
            if apps.dormant[i] {
                match p.spec.dormancy.fate(exit_draw, relaunch_draw) {
                    Fate::Vanishes => {
                        self.world.apps.note(day, app, Turn::Vanished);
                        self.leave(app);
                    }
                    Fate::Relaunches => self.relaunch(app, day),
                    Fate::Sleeps => {}
                }
                continue;
            }
            let spendable = apps.spendable(app).to_f64();
            let bankrupt = p.spec.exit.is_bankrupt(spendable, apps.receivable(app).to_f64());
            let hazard =
                p.spec.exit.hazard(apps.month_gross[i].to_f64(), apps.month_contribution[i].to_f64());
            if bankrupt || exit_draw < hazard {
                self.month.exits += 1;
                let cause = if bankrupt { Cause::Bankrupt } else { Cause::GaveUp };
                let dormant = p.spec.dormancy.stays(stay_draw);
                self.world.apps.note(day, app, Turn::Stopped { cause, dormant });
                self.withdraw(app);
                if dormant {
                    self.world.apps.dormant[i] = true;
                } else {
                    self.leave(app);
                }
                continue;
            }
            let spend = apps.spend_smooth[i];
            if p.archetypes[apps.born[i].archetype].fundable
                && spend > 0.0
                && apps.funding_ticket[i].is_none()
            {
                let over_spend = apps.net_smooth[i] / spend;
                if p.spec.funding.grants(spendable / spend, over_spend, funding_draw) {
                    let round = spend * p.spec.funding.round_months * 365.0 / 12.0;
                    let at = SimTime::from_days(day + (p.spec.funding.delay_days.round() as i64).max(1));
                    if let Ok(amount) = Usd::try_from_f64(round) {
                        let ticket = self.schedule(at, Event::Funding { app, micros: amount.micros() });
                        self.world.apps.funding_ticket[i] = ticket;
                    }
                }
            }
        }
        self.make_deals(day);
        for app in &self.world.apps.live {
            let i = *app as usize;
            self.world.apps.month_gross[i] = Usd::ZERO;
            self.world.apps.month_contribution[i] = Usd::ZERO;
        }
    }

    /// Books a round that arrived.
    pub(super) fn receive_funding(&mut self, app: u32, micros: i64) {
        let i = app as usize;
        let amount = Usd::from_micros(micros);
        self.world.apps.cash[i] += amount;
        self.world.apps.account[i].funding += amount;
        self.world.apps.funding_ticket[i] = None;
    }

    /// Ends an app's advertising: its events are cancelled, its seats, lots and titles freed. Users and money stay.
    pub(super) fn withdraw(&mut self, app: u32) {
        let i = app as usize;
        for ticket in [
            self.world.apps.plan_ticket[i].take(),
            self.world.apps.creative_ticket[i].take(),
            self.world.apps.release_ticket[i].take(),
            self.world.apps.funding_ticket[i].take(),
        ] {
            self.cancel(ticket);
        }
        for lot in std::mem::take(&mut self.world.apps.lots[i]) {
            self.world.titles.detach_lot(lot.title);
        }
        self.world.apps.aired[i].clear();
        let first = self.world.apps.at(app, 0);
        self.world.apps.lot_weight[first..first + self.parameters.n_regions()].fill(0.0);
        for title in std::mem::take(&mut self.world.apps.titles[i]) {
            self.world.titles.leave_catalogue(title);
        }
        for cell in &mut self.world.cells {
            cell.unseat(app);
        }
        let apps = &mut self.world.apps;
        (apps.credit[i], apps.cap[i], apps.factor[i]) = (Usd::ZERO, apps.spent[i], 1.0);
    }

    /// Takes an app that advertises no more out of the stores: its books are closed. What it is owed stays with its owners.
    pub(super) fn leave(&mut self, app: u32) {
        for region in 0..self.parameters.n_regions() {
            let at = self.world.apps.at(app, region);
            let book = std::mem::replace(&mut self.world.apps.book[at], NO_BOOK);
            if book != NO_BOOK {
                self.world.books.close(book);
            }
            self.world.apps.active_users[at] = 0.0;
            self.world.apps.chart_installs[at] = 0.0;
            self.world.apps.organic_installs[at] = 0;
        }
        self.world.ledger.estate_receivable += self.world.apps.receivable(app);
        self.world.apps.dormant[app as usize] = false;
        self.world.apps.remove(app);
    }

    /// Wakes a dormant app: its owners put in money, and it advertises again from its first budget.
    fn relaunch(&mut self, app: u32, day: i64) {
        let i = app as usize;
        let apps = &mut self.world.apps;
        apps.dormant[i] = false;
        apps.relaunches[i] += 1;
        apps.budget_usd[i] = apps.born[i].budget_usd;
        let amount = apps.born[i].cash.share(self.parameters.spec.dormancy.relaunch_cash_share);
        apps.cash[i] += amount;
        apps.account[i].funding += amount;
        apps.note(day, app, Turn::Relaunched { money: amount });
        self.month.relaunches += 1;
        self.launch(app, day);
    }
}
