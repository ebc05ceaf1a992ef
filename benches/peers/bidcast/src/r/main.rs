//! Workload R on the parts of bidcast: every event but the auctions is queued in its `Calendar`, every draw comes from its
//! `Stream`. Auctions are a Poisson stream that is merged with the calendar.
//!
//! `--variant blocks` turns random words into the draws of many auctions at once, as a program would that must be fast;
//! `--variant samplers` takes each draw from a sampler of the library when it is needed.

mod agenda;
mod auctions;
mod blocks;
mod samplers;

use bidcast::rng::Streams;
use workload::columns::{AliasTable, Draws, Event, Kind, Market, by_phase, exp};
use workload::report::{Args, Report};
use workload::{AppSpec, NOISE_SD, Params, RESERVE};

use agenda::{DAY, Queue};
use auctions::Auctions;

/// What the draws of a stream decide.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    Auctions,
    Events,
}

/// One replication.
fn run<A: Auctions, D: Draws>(params: &Params, specs: &[AppSpec], mut source: A, mut draws: D) -> Report {
    let (shift, ln_reserve) = ((NOISE_SD * NOISE_SD / 2.0) as f32, RESERVE.ln() as f32);
    let mut queue = Queue::new(params.days);
    let mut market = Market::new(specs, &mut draws, &mut queue);
    for (app, spec) in (0..).zip(specs) {
        queue.at(spec.phase, Event { kind: Kind::Replan, creative: 0, app });
    }
    let (mut auctions, mut events) = (0, 0);
    let mut auction_at = source.gap();
    loop {
        let mut event_at = queue.next_time();
        while auction_at < event_at {
            auctions += 1;
            let (best, winner, second) = source.top_two(&market.log_score);
            if best - shift >= ln_reserve {
                market.win(winner, exp((second - shift).max(ln_reserve)));
                if source.chance() < market.purse[winner].conversion {
                    queue.set_now(auction_at);
                    market.install(winner, &mut draws, &mut queue);
                    event_at = queue.next_time();
                }
            }
            auction_at += source.gap();
        }
        let Some(event) = queue.pop() else { break };
        events += 1;
        market.handle(event, &mut draws, &mut queue);
    }
    market.report(auctions, auctions + events)
}

fn main() {
    let args = Args::parse("blocks");
    let gap = |params: &Params| (DAY as f64 / params.auctions_per_day) as f32;
    match args.variant.as_str() {
        "blocks" => args.replicate_r("bidcast", |params, specs, seed| {
            let (specs, streams) = (&by_phase(specs)[..], Streams::new(seed, 0));
            let words = |purpose| blocks::Words::open(&streams, purpose as u64);
            let source = blocks::Block::new(words(Purpose::Auctions), AliasTable::new(specs), gap(params));
            run(params, specs, source, blocks::Rare::new(words(Purpose::Events)))
        }),
        "samplers" => args.replicate_r("bidcast-samplers", |params, specs, seed| {
            let (specs, streams) = (&by_phase(specs)[..], Streams::new(seed, 0));
            let stream = |purpose| samplers::Samplers(streams.open(purpose as u64, 0, 0));
            let source =
                samplers::Single::new(stream(Purpose::Auctions), AliasTable::new(specs), gap(params));
            run(params, specs, source, stream(Purpose::Events))
        }),
        other => panic!("no variant {other}: blocks or samplers"),
    }
}
