//! Every app a model of its own, and an exchange that asks them for bids.

use nexosim::model::{BuildContext, Context, Model, ProtoModel, schedulable};
use nexosim::ports::{EventSinkReader, EventSource, Output, SinkState, UniRequestor, event_queue};
use nexosim::simulation::{Mailbox, SimInit};
use nexosim::time::MonotonicTime;
use peers_nexosim::{UNIT, delay};
use serde::{Deserialize, Serialize};
use workload::objects::{App, Draws, Picker, TopTwo, picker};
use workload::report::Report;
use workload::{
    AppSpec, BUDGET_SD, FATIGUE_DAYS, LAUNCH_DAYS, N_SLOTS, Params, RETIRE_DAYS, STRENGTH_SD, cr20,
};

/// What an app reports at the end.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Totals {
    app: usize,
    wins: u64,
    spend: f64,
    installs: u64,
    purchases: u64,
    revenue: f64,
    events: u64,
}

/// An app: schedules its own re-plans, creatives and purchases.
#[derive(Serialize, Deserialize)]
struct AppModel {
    totals: Output<Totals>,
    index: usize,
    events: u64,
}

struct AppEnv {
    app: App,
    draws: Draws,
}

struct ProtoApp {
    model: AppModel,
    env: AppEnv,
}

impl ProtoModel for ProtoApp {
    type Model = AppModel;

    fn build(self, _: &mut BuildContext<Self>) -> (AppModel, AppEnv) {
        (self.model, self.env)
    }
}

#[Model(type Env = AppEnv)]
impl AppModel {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>, env: &mut AppEnv) {
        self.start_creative(cx, env);
        let first = delay(env.app.spec.phase);
        cx.schedule_periodic_event(first, UNIT, schedulable!(Self::replan), ()).expect("a future instant");
    }

    fn start_creative(&mut self, cx: &Context<Self>, env: &mut AppEnv) {
        let strength = env.draws.lognormal(STRENGTH_SD);
        if let Some(creative) = env.app.launch(strength) {
            let days = delay(env.draws.exponential(FATIGUE_DAYS));
            cx.schedule_event(days, schedulable!(Self::fatigue), creative).expect("a future instant");
        }
        let days = delay(env.draws.exponential(LAUNCH_DAYS));
        cx.schedule_event(days, schedulable!(Self::launch), ()).expect("a future instant");
    }

    #[nexosim(schedulable)]
    fn replan(&mut self, _: (), _: &Context<Self>, env: &mut AppEnv) {
        self.events += 1;
        let noise = env.draws.lognormal(BUDGET_SD);
        env.app.replan(noise);
    }

    #[nexosim(schedulable)]
    fn launch(&mut self, _: (), cx: &Context<Self>, env: &mut AppEnv) {
        self.events += 1;
        self.start_creative(cx, env);
    }

    #[nexosim(schedulable)]
    fn fatigue(&mut self, creative: u64, cx: &Context<Self>, env: &mut AppEnv) {
        self.events += 1;
        env.app.fatigue(creative);
        let days = delay(env.draws.exponential(RETIRE_DAYS));
        cx.schedule_event(days, schedulable!(Self::retire), creative).expect("a future instant");
    }

    #[nexosim(schedulable)]
    fn retire(&mut self, creative: u64, _: &Context<Self>, env: &mut AppEnv) {
        self.events += 1;
        env.app.retire(creative);
    }

    #[nexosim(schedulable)]
    fn purchase(&mut self, _: (), _: &Context<Self>, env: &mut AppEnv) {
        self.events += 1;
        env.app.purchase(&mut env.draws);
    }

    /// Bids for a slot, nothing while exhausted -- replier port.
    async fn bid(&mut self, _: (), _: &Context<Self>, env: &mut AppEnv) -> Option<f64> {
        env.app.score().map(|score| score * env.draws.noise())
    }

    /// Pays for an auction won -- input port.
    async fn won(&mut self, price: f64, cx: &Context<Self>, env: &mut AppEnv) {
        if let Some(days) = env.app.win(price, &mut env.draws) {
            cx.schedule_event(delay(days), schedulable!(Self::purchase), ()).expect("a future instant");
        }
    }

    /// Reports the totals -- input port.
    async fn close(&mut self, _: (), _: &Context<Self>, env: &mut AppEnv) {
        let App { wins, spend, installs, purchases, revenue, .. } = env.app;
        let totals =
            Totals { app: self.index, wins, spend, installs, purchases, revenue, events: self.events };
        self.totals.send(totals).await;
    }
}

/// Draws the slots of each auction, collects bids, settles.
#[derive(Serialize, Deserialize)]
struct Exchange {
    bidders: Vec<UniRequestor<(), Option<f64>>>,
    winners: Vec<Output<f64>>,
    auctions: Output<u64>,
    held: u64,
    auction_gap: f64,
}

struct ExchangeEnv {
    draws: Draws,
    picker: Picker,
}

struct ProtoExchange {
    model: Exchange,
    env: ExchangeEnv,
}

impl ProtoModel for ProtoExchange {
    type Model = Exchange;

    fn build(self, _: &mut BuildContext<Self>) -> (Exchange, ExchangeEnv) {
        (self.model, self.env)
    }
}

#[Model(type Env = ExchangeEnv)]
impl Exchange {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>, env: &mut ExchangeEnv) {
        self.schedule_auction(cx, env);
    }

    fn schedule_auction(&mut self, cx: &Context<Self>, env: &mut ExchangeEnv) {
        let days = delay(env.draws.exponential(self.auction_gap));
        cx.schedule_event(days, schedulable!(Self::auction), ()).expect("a future instant");
    }

    #[nexosim(schedulable)]
    async fn auction(&mut self, _: (), cx: &Context<Self>, env: &mut ExchangeEnv) {
        self.held += 1;
        let mut top = TopTwo::default();
        for _ in 0..N_SLOTS {
            let app = env.draws.slot(&env.picker);
            if let Some(score) = self.bidders[app].send(()).await {
                top.offer(app, score);
            }
        }
        if let Some((winner, price)) = top.sale() {
            self.winners[winner].send(price).await;
        }
        self.schedule_auction(cx, env);
    }

    /// Reports the number of auctions -- input port.
    async fn close(&mut self) {
        self.auctions.send(self.held).await;
    }
}

/// One replication.
pub(crate) fn run(params: &Params, specs: &[AppSpec], seed: u64) -> Report {
    let mut bench = SimInit::with_num_threads(1);
    let (totals_sink, mut totals) = event_queue(SinkState::Enabled);
    let (auctions_sink, mut auctions) = event_queue(SinkState::Enabled);
    let mut exchange = Exchange {
        bidders: Vec::new(),
        winners: Vec::new(),
        auctions: Output::default(),
        held: 0,
        auction_gap: 1.0 / params.auctions_per_day,
    };
    exchange.auctions.connect_sink(auctions_sink);
    let exchange_mailbox = Mailbox::new();
    let mut close = EventSource::new().connect(Exchange::close, &exchange_mailbox);
    for (index, spec) in specs.iter().enumerate() {
        let mailbox = Mailbox::new();
        exchange.bidders.push(UniRequestor::new(AppModel::bid, &mailbox));
        let mut won = Output::default();
        won.connect(AppModel::won, &mailbox);
        exchange.winners.push(won);
        close = close.connect(AppModel::close, &mailbox);
        let mut model = AppModel { totals: Output::default(), index, events: 0 };
        model.totals.connect_sink(totals_sink.clone());
        // SmallRng spreads its seed, so neighbouring numbers serve.
        let draws = Draws::new(seed * 1_000_000 + index as u64);
        let proto = ProtoApp { model, env: AppEnv { app: App::new(spec), draws } };
        bench = bench.add_model(proto, mailbox, &format!("app {index}"));
    }
    let close = close.register(&mut bench);
    let env = ExchangeEnv { draws: Draws::new(seed * 1_000_000 + 500_000), picker: picker(specs) };
    let proto = ProtoExchange { model: exchange, env };
    let bench = bench.add_model(proto, exchange_mailbox, "exchange");
    let mut simulation = bench.init(MonotonicTime::EPOCH).expect("a valid bench");
    simulation.step_until(delay(params.days)).expect("a run");
    simulation.process_event(&close, ()).expect("an open port");
    let auctions = auctions.try_read().expect("a count");
    let mut report = Report { auctions, events: auctions, ..Report::default() };
    let mut revenue = vec![0.0; specs.len()];
    while let Some(totals) = totals.try_read() {
        report.sold += totals.wins;
        report.spend += totals.spend;
        report.installs += totals.installs;
        report.purchases += totals.purchases;
        report.events += totals.events;
        revenue[totals.app] = totals.revenue;
    }
    report.revenue = revenue.iter().sum();
    report.cr20 = cr20(&revenue);
    report
}
