//! The day is closed: books are compared, the month is recorded, the next day is opened.

use super::record::MonthRecord;
use super::simulation::Simulation;
use crate::market::cohorts::NO_BOOK;
use crate::units::{Month, Usd};

/// Relative slack of laws on sums of floats.
const ROUNDING: f64 = 1e-9;

impl Simulation<'_> {
    /// Closes a day and opens the next.
    pub(super) fn close_day(&mut self, day: i64) {
        let apps = &mut self.world.apps;
        for k in 0..apps.live.len() {
            let i = apps.live[k] as usize;
            apps.spent[i] = Usd::ZERO;
        }
        // The day's own events are all taken but this one's successors; what waits must be what was scheduled.
        let (pending, length) = (self.pending, self.calendar.len() as i64);
        self.laws.check(9, day, pending == length, || {
            format!("{pending} events pending, calendar holds {length}")
        });
        let month = Month::of_day(day);
        if Month::of_day(day + 1) != month {
            self.check_books(day);
            self.close_month(day, month);
        }
        if day < self.parameters.end_day {
            self.open_day(day + 1);
        }
    }

    /// Compares both sides of every flow, for the market and for each app.
    fn check_books(&mut self, day: i64) {
        let apps = &self.world.apps;
        let ledger = &self.world.ledger;
        let (mut spend, mut net, mut receipts, mut receivable) = (Usd::ZERO, Usd::ZERO, Usd::ZERO, Usd::ZERO);
        for i in 0..apps.len() {
            let account = &apps.account[i];
            spend += account.ad_spend;
            net += account.net_revenue;
            receipts += account.receipts;
            if apps.alive[i] {
                // Receivables as the payout calendar holds them, not as the account implies them.
                let ring = i * crate::market::apps::PAYOUT_RING_DAYS;
                let due: i64 = apps.payouts[ring..ring + crate::market::apps::PAYOUT_RING_DAYS].iter().sum();
                receivable += Usd::from_micros(due);
                self.laws.check(3, day, apps.cash[i] == account.cash(), || {
                    format!(
                        "app {i} has {} in cash, its account says {}",
                        apps.cash[i].to_f64(),
                        account.cash().to_f64()
                    )
                });
            }
        }
        self.laws.check(1, day, spend == ledger.platform_revenue, || {
            format!("apps paid {}, platforms got {}", spend.to_f64(), ledger.platform_revenue.to_f64())
        });
        let consumers = ledger.consumers_in_app + ledger.consumers_web + ledger.in_app_advertisers;
        let shared = net + ledger.store_fees + ledger.web_fees;
        self.laws.check(2, day, consumers == shared && net == ledger.developers_net, || {
            format!("paid {}, shared out {}", consumers.to_f64(), shared.to_f64())
        });
        let owed = receivable + ledger.estate_receivable;
        self.laws.check(2, day, receipts + owed == net, || {
            format!("receipts {} + owed {} against net {}", receipts.to_f64(), owed.to_f64(), net.to_f64())
        });
    }

    fn close_month(&mut self, day: i64, month: Month) {
        let p = self.parameters;
        let mut people = 0.0;
        let mut app_users_total = 0.0;
        for region in 0..p.n_regions() {
            let regions = &self.world.regions;
            let app_users = regions.app_users[region];
            let monthly = p.spec.pool.monthly_people(app_users, regions.people[region]);
            let installed: i64 = self
                .world
                .apps
                .live
                .iter()
                .map(|app| self.world.apps.book[self.world.apps.at(*app, region)])
                .filter(|book| *book != NO_BOOK)
                .map(|book| self.world.books.installed[book as usize])
                .sum();
            self.laws.check(
                5,
                day,
                monthly <= app_users * (1.0 + ROUNDING) && app_users <= installed as f64 * (1.0 + ROUNDING),
                || format!("region {region}: {monthly} people, {app_users} app-users, {installed} installed"),
            );
            people += monthly;
            app_users_total += app_users;
        }
        let apps = &mut self.world.apps;
        self.month.people = people;
        self.month.app_users = app_users_total;
        self.month.dormant = apps.live.iter().filter(|app| apps.dormant[**app as usize]).count() as u32;
        self.month.retention_day7 = p.spec.retention.active_share(7.0);
        for i in 0..apps.len() {
            let iap = std::mem::replace(&mut apps.month_iap[i], Usd::ZERO);
            if iap > Usd::ZERO {
                self.month.iap_by_app.push((i as u32, iap));
            }
            let spend = std::mem::replace(&mut apps.month_spend[i], Usd::ZERO);
            if spend > Usd::ZERO {
                self.month.apps += 1;
                self.month.ad_spend += spend;
            }
        }
        self.check_shares(day);
        let next = MonthRecord::new(month.next());
        self.months.push(std::mem::replace(&mut self.month, next));
    }

    fn check_shares(&mut self, day: i64) {
        let total: f64 = self.month.iap_by_app.iter().map(|(_, x)| x.to_f64()).sum();
        if !(total > 0.0) {
            return;
        }
        let shares = self.month.iap_by_app.iter().map(|(_, x)| x.to_f64() / total);
        let (sum, hhi) = shares.fold((0.0, 0.0), |(s, h), x| (s + x, h + x * x));
        let n = self.month.iap_by_app.len() as f64;
        let by_app: Usd = self.month.iap_by_app.iter().map(|(_, x)| *x).sum();
        let market = self.month.iap;
        self.laws.check(
            8,
            day,
            (sum - 1.0).abs() < ROUNDING
                && hhi * n >= 1.0 - ROUNDING
                && hhi <= 1.0 + ROUNDING
                && by_app == market,
            || {
                format!(
                    "shares sum to {sum}, HHI {hhi} with {n} apps, {} of {}",
                    by_app.to_f64(),
                    market.to_f64()
                )
            },
        );
    }
}
