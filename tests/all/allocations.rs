//! Once warm, a market that does not grow is simulated in the memory that it has.
//!
//! The test binary counts what each thread asks its allocator for, and an observer reads the count after every event. The
//! library itself forbids unsafe code (`src/lib.rs`); an allocator cannot be written without it, so this file may.

#![allow(clippy::unwrap_used, reason = "a run that fails should fail the test on the spot")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::thread;

use crate::common::{SEED, small};
use bidcast::engine::{Event, Observer, Simulation};
use bidcast::market::world::World;
use bidcast::units::{Month, SimTime};

thread_local! {
    /// Blocks of memory that this thread has asked for, those that were to grow included.
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, which counts.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

impl Counting {
    fn count() {
        ASKED.set(ASKED.get() + 1);
    }
}

#[allow(
    unsafe_code,
    reason = "an allocator is unsafe by definition; everything is handed on to the system's"
)]
// SAFETY: every call is handed on as it came; counting asks for no memory and cannot panic.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count();
        // SAFETY: the caller's promise is the one that the system's allocator needs; so below.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::count();
        // SAFETY: see above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::count();
        // SAFETY: see above.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: see above.
        unsafe { System.dealloc(block, layout) }
    }
}

const N_KINDS: usize = Event::NAMES.len();

/// What happened in a month, by kind of event.
#[derive(Debug, Clone, Copy, Default)]
struct MonthCount {
    events: [u64; N_KINDS],
    asked: [u64; N_KINDS],
}

/// Reads the count after every event; a month's figures are put away at its end.
#[derive(Debug)]
struct Watch {
    last: u64,
    month: MonthCount,
    months: Vec<MonthCount>,
}

impl Observer for Watch {
    fn begin(&mut self, _: &World) {
        self.last = ASKED.get();
    }

    fn observe(&mut self, time: SimTime, event: &Event, _: &World) {
        let asked = ASKED.get();
        self.month.asked[event.kind()] += asked - self.last;
        // Of lots that go off air observers are told; the calendar holds no such event.
        self.month.events[event.kind()] += u64::from(!matches!(event, Event::LotRetire { .. }));
        let day = time.day();
        if *event == Event::Snapshot && Month::of_day(day + 1) != Month::of_day(day) {
            self.months.push(std::mem::take(&mut self.month));
        }
        // What the watch itself asked for belongs to no event.
        self.last = ASKED.get();
    }
}

/// A market in which nothing grows that is kept in memory.
const STEADY: [&str; 9] = [
    "archetype.funded_paid.start_apps=60",
    "archetype.fringe_paid.start_apps=40",
    "archetype.hybrid.start_apps=20",
    "entry.enabled=false",
    "exit.enabled=false",
    "budget.enabled=false",
    "funding.enabled=false",
    "pool.enabled=false",
    "consolidation.acquisitions_per_year=0",
];
/// Months in which catalogues, lots and buffers find their size: titles stay for three.
const WARM_UP_MONTHS: usize = 6;
/// Events that work in what is there, of which a month has some 6,000.
const ASK_FOR_NOTHING: [&str; 6] =
    ["BudgetPlan", "Pace", "AuctionBatch", "CohortAge", "Payout", "OrganicTick"];
/// Most that all events of a month may ask for, per 1,000 events.
///
/// About four are asked for: one a day for the weights by which entrants would be drawn, seven or eight a month for its
/// record and the list of apps to review, and a few when an app has more lots or titles than ever before.
const MOST_PER_1000: f64 = 5.0;

#[test]
fn a_steady_market_asks_for_next_to_no_memory() {
    let scenario = small(&STEADY);
    let mut watch = Watch { last: 0, month: MonthCount::default(), months: Vec::new() };
    let record = Simulation::new(&scenario, SEED, 0).run(&mut watch).unwrap();
    // Nothing would be asked for where nothing happens.
    assert!(record.months.iter().all(|month| month.impressions > 0 && month.materials > 0));
    assert_eq!((record.months.len(), watch.months.len()), (18, 18));
    for (month, counted) in record.months.iter().zip(&watch.months).skip(WARM_UP_MONTHS) {
        for (name, (asked, events)) in Event::NAMES.iter().zip(counted.asked.iter().zip(counted.events)) {
            let none = ASK_FOR_NOTHING.contains(name);
            assert!(!none || (*asked == 0 && events > 0), "{:?}: {name} {asked} in {events}", month.month);
        }
        let (asked, events) = (counted.asked.iter().sum::<u64>(), counted.events.iter().sum::<u64>());
        assert!(events > 5_000, "{:?}: {events} events", month.month);
        let per_1000 = 1_000.0 * asked as f64 / events as f64;
        assert!(per_1000 < MOST_PER_1000, "{:?}: {per_1000} per 1,000 of {events} events", month.month);
    }
    // The watch sees what is asked for: at first everything had to be.
    let first: u64 = watch.months[0].asked.iter().sum();
    assert!(first > 500, "{first} in the first month");
}

#[test]
fn the_count_is_of_one_thread() {
    let asked = |work: &dyn Fn()| {
        let before = ASKED.get();
        work();
        ASKED.get() - before
    };
    assert_eq!(asked(&|| drop(black_box(Box::new(1)))), 1);
    assert_eq!(asked(&|| assert_eq!(black_box([0_u8; 64])[0], 0)), 0);
    let before = ASKED.get();
    let elsewhere = thread::spawn(move || asked(&|| (0..1_000).for_each(|_| drop(black_box(Box::new(1))))));
    let there = elsewhere.join().unwrap();
    // To start a thread and to wait for it takes a few blocks here.
    let here = ASKED.get() - before;
    assert!(there == 1_000 && here < 100, "{there} there, {here} here");
}
