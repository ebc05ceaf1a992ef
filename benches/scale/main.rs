//! How the time and the memory of one replication grow: with apps (1, 3, 10 times), with regions × channels (12, 48 and 100
//! cells), with ticks (from one a day to one an hour). The base is the row with which all others are compared.
//!
//! ```sh
//! cargo bench --bench scale                    # the whole base, three rounds, a quarter of an hour
//! cargo bench --bench scale -- --rounds 1
//! cargo bench --bench scale -- --quick         # one round of the year 2025
//! ```
//!
//! Every run is a process of its own, so that its peak of memory is its own, and the sizes are taken in turn. Apps and ticks
//! are laid over the base as a user would lay them; other cells make a base of their own, see `sizes.rs`. The table also
//! goes to `target/scale.csv`.

#![allow(clippy::print_stdout, reason = "a bench talks to whoever runs it")]

#[path = "../common/memory.rs"]
mod memory;
mod sizes;

use std::env::{args, current_exe};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use bidcast::engine::{Event, Observer, Simulation};
use bidcast::market::world::World;
use bidcast::units::SimTime;

use memory::peak_mib;
use sizes::{SIZES, Size};

/// Rounds behind a median, unless the command says otherwise.
const ROUNDS: usize = 3;
/// Replication that is timed, an ordinary one.
const REPLICATION: u64 = 7;
/// First word of the command line of a process that runs one replication.
const CHILD: &str = "--child";

/// What one run took and held. As text: its numbers in this order, with commas.
#[derive(Clone, Copy)]
struct Run {
    seconds: f64,
    peak_mib: f64,
    app_days: f64,
    events: f64,
}

impl Run {
    fn parse(line: &str) -> Option<Self> {
        let numbers: Vec<f64> = line.split(',').map_while(|word| word.parse().ok()).collect();
        let [seconds, peak_mib, app_days, events] = numbers[..] else { return None };
        Some(Self { seconds, peak_mib, app_days, events })
    }
}

/// Counts apps over days.
#[derive(Default)]
struct AppDays(u64);

impl Observer for AppDays {
    fn observe(&mut self, _: SimTime, event: &Event, world: &World) {
        if *event == Event::Snapshot {
            self.0 += world.apps.live.len() as u64;
        }
    }
}

/// Runs one replication in this process and prints what it took.
fn replicate(size: &Size, quick: bool) {
    let scenario = size.scenario(quick);
    let mut app_days = AppDays::default();
    let (start, before) = (Instant::now(), processor_seconds());
    let record = Simulation::new(&scenario, scenario.seed(), REPLICATION).run(&mut app_days);
    let elapsed = start.elapsed().as_secs_f64();
    let seconds = processor_seconds().zip(before).map_or(elapsed, |(after, before)| after - before);
    let record = record.expect("no law is broken");
    // Without a figure for memory the table says 0.
    println!("{seconds},{},{},{}", peak_mib().unwrap_or(0.0), app_days.0, record.events);
}

/// Time on a processor so far, which other programs do not stretch; nothing on a system that does not say it in `/proc`.
fn processor_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/schedstat").ok()?;
    text.split_whitespace().next()?.parse::<f64>().ok().map(|ns| ns * 1e-9)
}

/// Runs one replication in a process of its own.
fn run(index: usize, quick: bool) -> Run {
    let mut command = Command::new(current_exe().expect("this program has a path"));
    command.args([CHILD, &index.to_string()]).args(quick.then_some("--quick"));
    let output = command.output().expect("this program can be run again");
    let said = String::from_utf8_lossy(&output.stdout);
    match Run::parse(said.trim()) {
        Some(run) if output.status.success() => run,
        _ => panic!("{} failed: {}", SIZES[index].name, String::from_utf8_lossy(&output.stderr)),
    }
}

/// The run of the middle time.
fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    runs[runs.len() / 2]
}

fn main() {
    let words: Vec<String> = args().skip(1).collect();
    let after = |flag: &str| words.iter().position(|word| word == flag).and_then(|at| words.get(at + 1));
    let quick = words.iter().any(|word| word == "--quick");
    if let Some(index) = after(CHILD) {
        let index: usize = index.parse().expect("a child is told which size it runs");
        replicate(&SIZES[index], quick);
        return;
    }
    let asked = after("--rounds").map(|n| n.parse::<usize>().expect("--rounds takes a number").max(1));
    let rounds = asked.unwrap_or(if quick { 1 } else { ROUNDS });
    let mut runs: Vec<Vec<Run>> = SIZES.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (index, runs) in runs.iter_mut().enumerate() {
            runs.push(run(index, quick));
        }
    }
    let medians: Vec<Run> = runs.into_iter().map(median).collect();
    let mut csv = String::from("axis,size,processor_seconds,seconds_over_base,peak_mib,app_days,events\n");
    let base = medians[0];
    let (reach, s) = (if quick { "2025" } else { "the whole base" }, if rounds == 1 { "" } else { "s" });
    println!("\none replication of {reach}, medians of {rounds} round{s} taken in turn\n");
    println!(
        "| grows | size | seconds | over base | app-days over base | µs an app-day | peak MiB | events |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (size, run) in SIZES.iter().zip(&medians) {
        let over = run.seconds / base.seconds;
        println!(
            "| {} | {} | {:.2} | {over:.2} | {:.2} | {:.2} | {:.0} | {} |",
            size.axis,
            size.name,
            run.seconds,
            run.app_days / base.app_days,
            run.seconds * 1e6 / run.app_days,
            run.peak_mib,
            run.events
        );
        csv += &format!(
            "{},{},{:.3},{over:.3},{:.1},{},{}\n",
            size.axis,
            // A comma would end the field.
            size.name.replace(", ", " with "),
            run.seconds,
            run.peak_mib,
            run.app_days,
            run.events
        );
    }
    // The folder that cargo gives a bench lies in the target folder, wherever that is.
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("scale.csv");
    fs::write(&path, csv).expect("the target folder can be written to");
    println!("\nalso in {}", path.display());
}
