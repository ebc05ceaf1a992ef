//! One replication: the calendar, the dispatcher, the loop.

use super::event::Event;
use super::laws::{LawCount, Violation};
use super::observer::{NoObserver, Observer};
use super::record::{MonthRecord, Record};
use super::scratch::Scratch;
use crate::calendar::{Calendar, Ticket};
use crate::market::apps::Apps;
use crate::market::cells::Cell;
use crate::market::regions::Regions;
use crate::market::titles::Titles;
use crate::market::world::World;
use crate::rng::Streams;
use crate::scenario::{Parameters, Scenario};
use crate::units::{MINUTES_PER_DAY, Month, SimTime};

/// A running replication.
#[derive(Debug)]
pub struct Simulation<'a> {
    pub(super) scenario: &'a Scenario,
    /// Parameters in force.
    pub(super) parameters: &'a Parameters,
    pub(super) streams: Streams,
    pub(super) calendar: Calendar<Event>,
    pub(super) world: World,
    pub(super) laws: LawCount,
    pub(super) months: Vec<MonthRecord>,
    pub(super) month: MonthRecord,
    pub(super) events: u64,
    pub(super) auctions: u64,
    /// Events scheduled less events taken or cancelled: must equal the calendar's length.
    pub(super) pending: i64,
    /// Smoothed net revenue over smoothed ad spend of the market, which entrants look at.
    pub(super) market_net: f64,
    pub(super) market_spend: f64,
    /// Ad revenue of an active user today at intensity 1, by region, USD.
    pub(super) arpdau_usd: Vec<f64>,
    /// What each app may spend in this tick, USD.
    pub(super) tick_budget: Vec<f64>,
    /// Room to work in.
    pub(super) scratch: Scratch,
}

/// Runs replication `replication` of a scenario to its end.
///
/// # Errors
/// The first broken law, if any was broken: such a replication must not be used.
pub fn simulate(scenario: &Scenario, seed: u64, replication: u64) -> Result<Record, Violation> {
    Simulation::new(scenario, seed, replication).run(&mut NoObserver)
}

impl<'a> Simulation<'a> {
    /// A replication at its first instant, with the start population in place.
    pub fn new(scenario: &'a Scenario, seed: u64, replication: u64) -> Self {
        let parameters = scenario.parameters();
        let n_regions = parameters.n_regions();
        let reachable = parameters.spec.pool.reachable_people.clone();
        let people: Vec<f64> = reachable.iter().map(|m| m * parameters.spec.pool.start_share).collect();
        let cells = (0..n_regions)
            .flat_map(|region| (0..parameters.n_channels()).map(move |channel| Cell::new(region, channel)))
            .collect();
        let world = World {
            apps: Apps::new(n_regions),
            cells,
            titles: Titles::new(n_regions),
            regions: Regions::new(reachable, people),
            ..World::default()
        };
        let start = SimTime::from_days(parameters.start_day);
        let month = MonthRecord::new(Month::of_day(parameters.start_day));
        let mut simulation = Self {
            scenario,
            parameters,
            streams: Streams::new(seed, replication),
            calendar: Calendar::new(start),
            world,
            laws: LawCount::default(),
            months: Vec::new(),
            month,
            events: 0,
            auctions: 0,
            pending: 0,
            market_net: 0.0,
            market_spend: 0.0,
            arpdau_usd: vec![0.0; n_regions],
            tick_budget: Vec::new(),
            scratch: Scratch::default(),
        };
        simulation.populate();
        simulation.open_day(parameters.start_day);
        for (number, change) in scenario.changes().iter().enumerate() {
            // A change before the start acts at the start: it was in force already.
            let day = change.day.max(parameters.start_day);
            simulation.schedule(SimTime::from_days(day), Event::Shock(number as u32));
        }
        simulation
    }

    /// The state of the market.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The day that the clock shows (0 = 2025-01-01).
    pub fn day(&self) -> i64 {
        self.calendar.now().day()
    }

    /// Runs to the end of the horizon.
    ///
    /// # Errors
    /// The first broken law, if any was broken.
    pub fn run(mut self, observer: &mut dyn Observer) -> Result<Record, Violation> {
        observer.begin(&self.world);
        while self.advance(observer) {}
        self.finish()
    }

    /// Simulates the next day, or what is left of it; gives whether there is another. For callers that look up between days:
    /// they tell the observer of the beginning, and ask for the record at the end.
    pub fn advance(&mut self, observer: &mut dyn Observer) -> bool {
        let end = SimTime::from_days(self.parameters.end_day + 1);
        let Some(next) = self.calendar.peek_time().filter(|next| *next < end) else { return false };
        let evening = SimTime::from_days(next.day() + 1);
        let mut clock = self.calendar.now();
        while self.calendar.peek_time().is_some_and(|t| t < evening) {
            let Some(fired) = self.calendar.pop() else { break };
            self.pending -= 1;
            self.events += 1;
            let (time, before) = (fired.time, clock);
            self.laws.check(9, time.day(), time >= before, || {
                format!("clock went from minute {} to {}", before.minutes(), time.minutes())
            });
            clock = time;
            self.dispatch(time, fired.event);
            observer.observe(time, &fired.event, &self.world);
            if let Event::LotLaunch(app) = fired.event {
                for place in 0..self.world.lots.retired.len() as u32 {
                    observer.observe(time, &Event::LotRetire { app, place }, &self.world);
                }
            }
        }
        evening < end
    }

    /// What the replication leaves behind, once [`Simulation::advance`] has no more days.
    ///
    /// # Errors
    /// The first broken law, if any was broken.
    pub fn finish(self) -> Result<Record, Violation> {
        if let Some(violation) = self.laws.first {
            return Err(violation);
        }
        let report = Month::of_day(self.parameters.report_day);
        let warm_up_months = self.months.iter().filter(|m| m.month < report).count();
        Ok(Record {
            months: self.months,
            warm_up_months,
            laws: self.laws,
            events: self.events,
            auctions: self.auctions,
            measurable_iap_usd: self.parameters.spec.observation.measurable_iap_usd_per_year,
            top_materials_share: self.parameters.spec.observation.top_materials_share,
        })
    }

    fn dispatch(&mut self, time: SimTime, event: Event) {
        match event {
            Event::Shock(number) => self.change_parameters(number, time.day()),
            Event::Entry => self.enter(time.day()),
            Event::Review => self.review(time.day()),
            Event::Acquisition { buyer, target } => self.acquire(buyer, target, time.day()),
            Event::Funding { app, micros } => self.receive_funding(app, micros),
            Event::TitleRelease(app) => self.release_title(app, time),
            Event::LotLaunch(app) => self.launch_lots(app, time),
            // Told after its app's creative day, which took it off air.
            Event::LotRetire { .. } => {}
            Event::BudgetPlan(app) => self.plan_budget(app, time),
            Event::Pace => self.pace(time),
            Event::AuctionBatch(cell) => self.clear_batch(cell, time),
            Event::CohortAge => self.age_cohorts(time.day()),
            Event::Payout => self.pay_out(time.day()),
            Event::OrganicTick(region) => self.bring_organic(region as usize, time.day()),
            Event::Snapshot => self.close_day(time.day()),
        }
    }

    fn change_parameters(&mut self, number: u32, day: i64) {
        let p = &self.scenario.changes()[number as usize].parameters;
        self.parameters = p;
        self.price_ads(day);
        self.world.regions.reachable.clone_from(&p.spec.pool.reachable_people);
        for cell in &mut self.world.cells {
            for (app, conversion) in cell.app.iter().zip(&mut cell.conversion) {
                let skill = self.world.apps.born[*app as usize].conversion_skill;
                *conversion = p.spec.response.conversion(cell.region, cell.channel, skill);
            }
        }
    }

    fn price_ads(&mut self, day: i64) {
        let ads = &self.parameters.spec.in_app_ads;
        for (region, price) in self.arpdau_usd.iter_mut().enumerate() {
            *price = ads.arpdau(region, day);
        }
    }

    /// Schedules the market-wide events of a day, which nobody cancels.
    pub(super) fn open_day(&mut self, day: i64) {
        self.price_ads(day);
        let tick = self.parameters.spec.run.tick_minutes;
        let n_cells = self.world.cells.len() as u32;
        let n_regions = self.parameters.n_regions() as u32;
        let start = SimTime::from_days(day);
        self.schedule_without_ticket(start, Event::Entry);
        if Month::of_day(day).first_day() == day {
            self.schedule_without_ticket(start, Event::Review);
        }
        for minute in (0..MINUTES_PER_DAY).step_by(tick as usize) {
            let at = start.add_minutes(minute);
            self.schedule_without_ticket(at, Event::Pace);
            for cell in 0..n_cells {
                self.schedule_without_ticket(at, Event::AuctionBatch(cell));
            }
        }
        // The day is closed in its last minute, once all its auctions are cleared and its titles released.
        let last = start.add_minutes(MINUTES_PER_DAY - 1);
        self.schedule_without_ticket(last, Event::CohortAge);
        self.schedule_without_ticket(last, Event::Payout);
        for region in 0..n_regions {
            self.schedule_without_ticket(last, Event::OrganicTick(region));
        }
        self.schedule_without_ticket(last, Event::Snapshot);
    }

    /// Puts an event on the calendar; the engine only schedules now or later, so a refusal is a broken clock law.
    pub(super) fn schedule(&mut self, at: SimTime, event: Event) -> Option<Ticket> {
        match self.calendar.schedule(at, event.phase() as u8, event) {
            Ok(ticket) => {
                self.pending += 1;
                Some(ticket)
            }
            Err(error) => {
                self.laws.check(9, at.day(), false, || error.to_string());
                None
            }
        }
    }

    fn schedule_without_ticket(&mut self, at: SimTime, event: Event) {
        match self.calendar.schedule_without_ticket(at, event.phase() as u8, event) {
            Ok(()) => self.pending += 1,
            Err(error) => self.laws.check(9, at.day(), false, || error.to_string()),
        }
    }

    /// Takes an event off the calendar.
    pub(super) fn cancel(&mut self, ticket: Option<Ticket>) {
        if ticket.is_some_and(|ticket| self.calendar.cancel(ticket).is_some()) {
            self.pending -= 1;
        }
    }
}

/// A number for the occurrence part of an address: a day (which may be negative) and an index within it.
pub(super) fn occurrence(day: i64, index: u64) -> u64 {
    (((day + (1 << 20)) as u64) << 24) | index
}

/// Exponential smoothing over `days`.
pub(super) fn smooth(old: f64, new: f64, days: f64) -> f64 {
    old + (new - old) / days
}

/// Time in days, with fraction.
pub(super) fn days(time: SimTime) -> f64 {
    time.minutes() as f64 / MINUTES_PER_DAY as f64
}
