//! One model that holds the whole market.

use nexosim::model::{BuildContext, Context, Model, ProtoModel, schedulable};
use nexosim::ports::{EventSinkReader, EventSource, Output, SinkState, event_queue};
use nexosim::simulation::{Mailbox, SimInit};
use nexosim::time::MonotonicTime;
use peers_nexosim::{UNIT, delay};
use serde::{Deserialize, Serialize};
use workload::objects::{App, Draws, Picker, auction, picker, total};
use workload::report::Report;
use workload::{AppSpec, BUDGET_SD, FATIGUE_DAYS, LAUNCH_DAYS, Params, RETIRE_DAYS, STRENGTH_SD};

/// What nexosim can save of the model: its counts and its port.
#[derive(Serialize, Deserialize)]
struct Market {
    report: Output<Counts>,
    auction_gap: f64,
    counts: Counts,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Counts {
    auctions: u64,
    events: u64,
    sold: u64,
    spend: f64,
    installs: u64,
    purchases: u64,
    revenue: f64,
    cr20: f64,
}

/// What it rebuilds at each start.
struct Env {
    apps: Vec<App>,
    picker: Picker,
    draws: Draws,
}

struct Proto {
    market: Market,
    env: Env,
}

impl ProtoModel for Proto {
    type Model = Market;

    fn build(self, _: &mut BuildContext<Self>) -> (Market, Env) {
        (self.market, self.env)
    }
}

#[Model(type Env = Env)]
impl Market {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>, env: &mut Env) {
        for app in 0..env.apps.len() {
            self.start_creative(app, cx, env);
            let first = delay(env.apps[app].spec.phase);
            cx.schedule_periodic_event(first, UNIT, schedulable!(Self::replan), app)
                .expect("a future instant");
        }
        self.schedule_auction(cx, env);
    }

    fn start_creative(&mut self, app: usize, cx: &Context<Self>, env: &mut Env) {
        let strength = env.draws.lognormal(STRENGTH_SD);
        if let Some(creative) = env.apps[app].launch(strength) {
            let days = delay(env.draws.exponential(FATIGUE_DAYS));
            cx.schedule_event(days, schedulable!(Self::fatigue), (app, creative)).expect("a future instant");
        }
        let days = delay(env.draws.exponential(LAUNCH_DAYS));
        cx.schedule_event(days, schedulable!(Self::launch), app).expect("a future instant");
    }

    fn schedule_auction(&mut self, cx: &Context<Self>, env: &mut Env) {
        let days = delay(env.draws.exponential(self.auction_gap));
        cx.schedule_event(days, schedulable!(Self::auction), ()).expect("a future instant");
    }

    #[nexosim(schedulable)]
    fn replan(&mut self, app: usize, _: &Context<Self>, env: &mut Env) {
        self.counts.events += 1;
        let noise = env.draws.lognormal(BUDGET_SD);
        env.apps[app].replan(noise);
    }

    #[nexosim(schedulable)]
    fn launch(&mut self, app: usize, cx: &Context<Self>, env: &mut Env) {
        self.counts.events += 1;
        self.start_creative(app, cx, env);
    }

    #[nexosim(schedulable)]
    fn fatigue(&mut self, (app, creative): (usize, u64), cx: &Context<Self>, env: &mut Env) {
        self.counts.events += 1;
        env.apps[app].fatigue(creative);
        let days = delay(env.draws.exponential(RETIRE_DAYS));
        cx.schedule_event(days, schedulable!(Self::retire), (app, creative)).expect("a future instant");
    }

    #[nexosim(schedulable)]
    fn retire(&mut self, (app, creative): (usize, u64), _: &Context<Self>, env: &mut Env) {
        self.counts.events += 1;
        env.apps[app].retire(creative);
    }

    #[nexosim(schedulable)]
    fn purchase(&mut self, app: usize, _: &Context<Self>, env: &mut Env) {
        self.counts.events += 1;
        env.apps[app].purchase(&mut env.draws);
    }

    #[nexosim(schedulable)]
    fn auction(&mut self, _: (), cx: &Context<Self>, env: &mut Env) {
        self.counts.events += 1;
        self.counts.auctions += 1;
        if let Some((winner, price)) = auction(&env.apps, &env.picker, &mut env.draws)
            && let Some(days) = env.apps[winner].win(price, &mut env.draws)
        {
            cx.schedule_event(delay(days), schedulable!(Self::purchase), winner).expect("a future instant");
        }
        self.schedule_auction(cx, env);
    }

    /// Reports the totals -- input port.
    async fn close(&mut self, _: (), _: &Context<Self>, env: &mut Env) {
        let r = total(env.apps.iter(), self.counts.auctions, self.counts.events);
        let Report { auctions, sold, spend, installs, purchases, revenue, cr20, events } = r;
        self.report.send(Counts { auctions, events, sold, spend, installs, purchases, revenue, cr20 }).await;
    }
}

/// One replication.
pub(crate) fn run(params: &Params, specs: &[AppSpec], seed: u64) -> Report {
    let mut bench = SimInit::with_num_threads(1);
    let (sink, mut reports) = event_queue(SinkState::Enabled);
    let auction_gap = 1.0 / params.auctions_per_day;
    let mut market = Market { report: Output::default(), auction_gap, counts: Counts::default() };
    market.report.connect_sink(sink);
    let env =
        Env { apps: specs.iter().map(App::new).collect(), picker: picker(specs), draws: Draws::new(seed) };
    let mailbox = Mailbox::new();
    let close = EventSource::new().connect(Market::close, &mailbox).register(&mut bench);
    let bench = bench.add_model(Proto { market, env }, mailbox, "market");
    let mut simulation = bench.init(MonotonicTime::EPOCH).expect("a valid bench");
    simulation.step_until(delay(params.days)).expect("a run");
    simulation.process_event(&close, ()).expect("an open port");
    let Counts { auctions, events, sold, spend, installs, purchases, revenue, cr20 } =
        reports.try_read().expect("a report");
    Report { auctions, sold, spend, installs, purchases, revenue, cr20, events }
}
