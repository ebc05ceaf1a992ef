//! M/M/1 and the hold model on nexosim. M/M/1 is two models with a port between them; in the hold model one model
//! schedules all events, as the queue is what is measured.

use nexosim::model::{BuildContext, Context, Model, ProtoModel, schedulable};
use nexosim::ports::{EventSinkReader, EventSource, Output, SinkState, event_queue};
use nexosim::simulation::{Mailbox, SimInit};
use nexosim::time::MonotonicTime;
use peers_nexosim::{UNIT, delay};
use serde::{Deserialize, Serialize};
use workload::objects::Draws;
use workload::queues::{ARRIVAL_MEAN, SERVICE_MEAN, Station};
use workload::report::Args;

/// Time of a model, in units.
fn now<M: Model>(cx: &Context<M>) -> f64 {
    cx.time().duration_since(MonotonicTime::EPOCH).div_duration_f64(UNIT)
}

/// Sends customers.
#[derive(Serialize, Deserialize)]
struct Source {
    customers: Output<()>,
    left: u64,
}

struct ProtoSource {
    model: Source,
    draws: Draws,
}

impl ProtoModel for ProtoSource {
    type Model = Source;

    fn build(self, _: &mut BuildContext<Self>) -> (Source, Draws) {
        (self.model, self.draws)
    }
}

#[Model(type Env = Draws)]
impl Source {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>, draws: &mut Draws) {
        let gap = delay(draws.exponential(ARRIVAL_MEAN));
        cx.schedule_event(gap, schedulable!(Self::arrival), ()).expect("a future instant");
    }

    #[nexosim(schedulable)]
    async fn arrival(&mut self, _: (), cx: &Context<Self>, draws: &mut Draws) {
        self.customers.send(()).await;
        self.left -= 1;
        if self.left > 0 {
            let gap = delay(draws.exponential(ARRIVAL_MEAN));
            cx.schedule_event(gap, schedulable!(Self::arrival), ()).expect("a future instant");
        }
    }
}

/// Serves them.
#[derive(Serialize, Deserialize)]
struct Server {
    /// Customers served and their mean time in the system.
    done: Output<(u64, f64)>,
}

struct ServerEnv {
    station: Station,
    draws: Draws,
}

struct ProtoServer {
    model: Server,
    env: ServerEnv,
}

impl ProtoModel for ProtoServer {
    type Model = Server;

    fn build(self, _: &mut BuildContext<Self>) -> (Server, ServerEnv) {
        (self.model, self.env)
    }
}

#[Model(type Env = ServerEnv)]
impl Server {
    fn serve(&mut self, cx: &Context<Self>, env: &mut ServerEnv) {
        let service = delay(env.draws.exponential(SERVICE_MEAN));
        cx.schedule_event(service, schedulable!(Self::departure), ()).expect("a future instant");
    }

    /// A customer comes -- input port.
    async fn arrive(&mut self, _: (), cx: &Context<Self>, env: &mut ServerEnv) {
        if env.station.arrive(now(cx)) {
            self.serve(cx, env);
        }
    }

    #[nexosim(schedulable)]
    fn departure(&mut self, _: (), cx: &Context<Self>, env: &mut ServerEnv) {
        if env.station.depart(now(cx)) {
            self.serve(cx, env);
        }
    }

    /// Reports -- input port.
    async fn close(&mut self, _: (), _: &Context<Self>, env: &mut ServerEnv) {
        self.done.send((env.station.served(), env.station.mean_time())).await;
    }
}

/// Serves all of so many customers: how many there were, and their mean time in the system.
fn mm1(customers: u64, seed: u64) -> (u64, f64) {
    let mut bench = SimInit::with_num_threads(1);
    let (sink, mut done) = event_queue(SinkState::Enabled);
    let (source_mailbox, server_mailbox) = (Mailbox::new(), Mailbox::new());
    let mut source = Source { customers: Output::default(), left: customers };
    source.customers.connect(Server::arrive, &server_mailbox);
    let mut server = Server { done: Output::default() };
    server.done.connect_sink(sink);
    let close = EventSource::new().connect(Server::close, &server_mailbox).register(&mut bench);
    let env = ServerEnv { station: Station::default(), draws: Draws::new(2 * seed + 1) };
    let bench = bench
        .add_model(ProtoSource { model: source, draws: Draws::new(2 * seed) }, source_mailbox, "source")
        .add_model(ProtoServer { model: server, env }, server_mailbox, "server");
    let mut simulation = bench.init(MonotonicTime::EPOCH).expect("a valid bench");
    simulation.run().expect("a run");
    simulation.process_event(&close, ()).expect("an open port");
    done.try_read().expect("a report")
}

/// Replaces each event that fires by another one.
#[derive(Serialize, Deserialize)]
struct Holder {
    pending: u64,
    fired: u64,
    done: Output<u64>,
}

struct ProtoHolder {
    model: Holder,
    draws: Draws,
}

impl ProtoModel for ProtoHolder {
    type Model = Holder;

    fn build(self, _: &mut BuildContext<Self>) -> (Holder, Draws) {
        (self.model, self.draws)
    }
}

#[Model(type Env = Draws)]
impl Holder {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>, draws: &mut Draws) {
        for _ in 0..self.pending {
            cx.schedule_event(delay(draws.exponential(1.0)), schedulable!(Self::fire), ())
                .expect("a future instant");
        }
    }

    #[nexosim(schedulable)]
    fn fire(&mut self, _: (), cx: &Context<Self>, draws: &mut Draws) {
        self.fired += 1;
        let next = delay(draws.exponential(1.0));
        cx.schedule_event(next, schedulable!(Self::fire), ()).expect("a future instant");
    }

    /// Reports -- input port.
    async fn close(&mut self) {
        self.done.send(self.fired).await;
    }
}

fn hold(pending: u64, time: f64, seed: u64) -> u64 {
    let mut bench = SimInit::with_num_threads(1);
    let (sink, mut done) = event_queue(SinkState::Enabled);
    let mut model = Holder { pending, fired: 0, done: Output::default() };
    model.done.connect_sink(sink);
    let mailbox = Mailbox::new();
    let close = EventSource::new().connect(Holder::close, &mailbox).register(&mut bench);
    let bench = bench.add_model(ProtoHolder { model, draws: Draws::new(seed) }, mailbox, "holder");
    let mut simulation = bench.init(MonotonicTime::EPOCH).expect("a valid bench");
    simulation.step_until(delay(time)).expect("a run");
    simulation.process_event(&close, ()).expect("an open port");
    done.try_read().expect("a report")
}

fn main() {
    Args::parse("mm1").replicate_queues("nexosim", mm1, hold);
}
