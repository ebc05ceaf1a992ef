//! What every app did, month by month: the story of a replication as its firms would tell it.
//!
//! A [`Chronicle`] observes. Flows of a month are differences of accounts, stocks are read at its last instant, so a
//! month of the chronicle and a month of the record are two readings of the same books. What an app that is bought did
//! until then stays in its own story: the buyer gets its money, not its past.

use super::event::Event;
use super::observer::Observer;
use crate::market::apps::{Apps, NewApp};
use crate::market::ledger::Account;
use crate::market::turns::{Turn, TurningPoint};
use crate::market::world::World;
use crate::units::{Month, SimTime, Usd};

/// One month of one app.
#[derive(Debug, Clone, PartialEq)]
pub struct AppMonth {
    /// Which month.
    pub month: Month,
    /// Cash at its end.
    pub cash: Usd,
    /// Budget wanted at its end, USD a day; 0 when it does not advertise.
    pub budget_usd_per_day: f64,
    /// Whether it was dormant at its end.
    pub dormant: bool,
    /// Flows of the month; `start` is the money at birth, in the month of birth.
    pub flows: Account,
    /// Cash that came with apps it bought, less what went with it when it was bought. No flow: the market is none the richer.
    pub taken_over: Usd,
    /// Paid installs.
    pub paid_installs: u64,
    /// Organic installs.
    pub organic_installs: u64,
    /// Users active on its last day.
    pub active_users: f64,
    /// Ad materials on air at its end.
    pub materials: u64,
    /// Titles in the catalogue at its end.
    pub titles: usize,
    /// Titles released.
    pub releases: u32,
    /// Plans made early because money fell below the plan.
    pub early_plans: u32,
    /// Rank by in-app purchases of the month, from 1; nothing without purchases.
    pub rank: Option<usize>,
}

impl AppMonth {
    /// What is left of net revenue after ads, content and running costs.
    pub fn result(&self) -> Usd {
        self.flows.net_revenue - self.flows.ad_spend - self.flows.content - self.flows.operating
    }
}

/// One app: who it was, what it did, how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct AppStory {
    /// Traits at birth.
    pub born: NewApp,
    /// Its months, in order; only months that were simulated to their end.
    pub months: Vec<AppMonth>,
    /// Its turning points, in order.
    pub turns: Vec<TurningPoint>,
}

impl AppStory {
    /// The turning point at which it left for good, if it did.
    pub fn departure(&self) -> Option<TurningPoint> {
        self.turns.last().copied().filter(|point| point.turn.is_end())
    }

    /// The day since which it lies dormant, if it does.
    pub fn dormant_since(&self) -> Option<i64> {
        let steps = self.turns.iter().rev().find(|point| !matches!(point.turn, Turn::Bought { .. }))?;
        matches!(steps.turn, Turn::Stopped { dormant: true, .. }).then_some(steps.day)
    }
}

/// What an app had done by the end of the month before, and its notes of this month.
#[derive(Debug, Clone, PartialEq, Default)]
struct Since {
    account: Account,
    paid_installs: u64,
    organic_installs: u64,
    releases: u32,
    early_plans: u32,
    taken_over: Usd,
    told_departure: bool,
}

/// Keeps the stories of all apps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chronicle {
    /// Stories, index = app.
    pub apps: Vec<AppStory>,
    /// Months closed so far, in order.
    pub months: Vec<Month>,
    /// Where each app stood when the last month was closed.
    since: Vec<Since>,
    titles: u64,
    /// Turning points told so far.
    turns: usize,
}

impl Chronicle {
    /// An empty chronicle.
    pub fn new() -> Self {
        Self::default()
    }

    /// Apps by in-app purchases of the last `n_months` months, largest first, those without any left out.
    pub fn ranking(&self, n_months: usize) -> Vec<(u32, Usd)> {
        let Some(from) = self.months.iter().rev().take(n_months).next_back() else { return Vec::new() };
        let iap = |story: &AppStory| -> Usd {
            let lately = story.months.iter().rev().take_while(|row| row.month >= *from);
            lately.map(|row| row.flows.iap).sum()
        };
        let sums = self.apps.iter().zip(0..).map(|(story, app)| (app, iap(story)));
        let mut ranking: Vec<(u32, Usd)> = sums.filter(|(_, iap)| *iap > Usd::ZERO).collect();
        ranking.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        ranking
    }

    fn meet(&mut self, apps: &Apps) {
        for born in &apps.born[self.apps.len()..] {
            self.apps.push(AppStory { born: born.clone(), months: Vec::new(), turns: Vec::new() });
            self.since.push(Since::default());
        }
    }

    /// Tells new turning points. An account that changes hands is no flow of the month, on either side.
    fn tell_turns(&mut self, apps: &Apps) {
        for point in &apps.turns[self.turns..] {
            let since = &mut self.since[point.app as usize];
            match point.turn {
                Turn::Bought { account, .. } => {
                    since.account.absorb(account);
                    since.taken_over += account.cash();
                }
                Turn::Sold { account, .. } => {
                    since.account = since.account.since(&account);
                    since.taken_over -= account.cash();
                }
                Turn::Stopped { .. } | Turn::Relaunched { .. } | Turn::Vanished => {}
            }
            self.apps[point.app as usize].turns.push(*point);
        }
        self.turns = apps.turns.len();
    }

    fn close_month(&mut self, month: Month, world: &World) {
        let apps = &world.apps;
        let mut sold = Vec::new();
        for (i, (story, since)) in self.apps.iter_mut().zip(&mut self.since).enumerate() {
            if since.told_departure {
                continue;
            }
            let flows = apps.account[i].since(&since.account);
            if flows.iap > Usd::ZERO {
                sold.push((flows.iap, i));
            }
            let alive = apps.alive[i];
            let advertises = alive && !apps.dormant[i];
            let first = apps.at(i as u32, 0);
            let next = apps.at(i as u32 + 1, 0);
            let lots = apps.lots[i].iter().map(|lot| u64::from(lot.materials));
            story.months.push(AppMonth {
                month,
                cash: apps.cash[i],
                budget_usd_per_day: if advertises { apps.budget_usd[i] } else { 0.0 },
                dormant: apps.dormant[i],
                flows,
                taken_over: since.taken_over,
                paid_installs: apps.paid_installs_total[i] - since.paid_installs,
                organic_installs: apps.organic_installs_total[i] - since.organic_installs,
                active_users: apps.active_users[first..next].iter().sum(),
                materials: lots.sum(),
                titles: apps.titles[i].len(),
                releases: since.releases,
                early_plans: since.early_plans,
                rank: None,
            });
            *since = Since {
                account: apps.account[i],
                paid_installs: apps.paid_installs_total[i],
                organic_installs: apps.organic_installs_total[i],
                releases: 0,
                early_plans: 0,
                taken_over: Usd::ZERO,
                told_departure: !alive,
            };
        }
        sold.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        for (rank, (_, app)) in sold.into_iter().enumerate() {
            if let Some(row) = self.apps[app].months.last_mut() {
                row.rank = Some(rank + 1);
            }
        }
        self.months.push(month);
    }
}

impl Observer for Chronicle {
    fn begin(&mut self, world: &World) {
        self.meet(&world.apps);
        self.titles = world.titles.released();
        self.turns = world.apps.turns.len();
    }

    fn observe(&mut self, time: SimTime, event: &Event, world: &World) {
        match *event {
            Event::Entry => {
                self.meet(&world.apps);
                self.titles = world.titles.released();
            }
            Event::Review | Event::Acquisition { .. } => {
                self.tell_turns(&world.apps);
                // Relaunched apps were given titles.
                self.titles = world.titles.released();
            }
            Event::TitleRelease(app) => {
                // An app that cannot pay releases nothing.
                self.since[app as usize].releases += u32::from(world.titles.released() > self.titles);
                self.titles = world.titles.released();
            }
            Event::BudgetPlan(app) if time.minute_of_day() != 0 => {
                self.since[app as usize].early_plans += 1;
            }
            Event::Snapshot => {
                let month = Month::of_day(time.day());
                if Month::of_day(time.day() + 1) != month {
                    self.close_month(month, world);
                }
            }
            _ => {}
        }
    }
}
