//! How the time and the memory of one replication grow: with apps (1, 3, 10 times), with regions × channels (12, 48 and 100
//! cells), with ticks (from one a day to one an hour). The base is the row with which all others are compared.
//!
//! ```sh
//! cargo bench --bench scale                    # the whole base, three rounds, a quarter of an hour
//! cargo bench --bench scale -- --rounds 1
//! cargo bench --bench scale -- --quick         # one round of the year 2025
//! cargo bench --bench scale -- --chart         # draws the table when it is full
//! cargo bench --bench scale -- --chart --from target/scale.csv    # draws a table that is there
//! ```
//!
//! Every run is a process of its own, so that its peak of memory is its own, and the sizes are taken in turn. Apps and ticks
//! are laid over the base as a user would lay them; other cells make a base of their own, see `sizes.rs`. The table also
//! goes to `target/scale.csv`. `--chart` draws it as `docs/figures/scale.svg`, and for slides as `target/scale.png`.

#![allow(clippy::print_stdout, reason = "a bench talks to whoever runs it")]

mod chart;
#[path = "../common/memory.rs"]
mod memory;
mod sizes;
mod table;

use std::env::{args, current_exe};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use bidcast::engine::{Event, Observer, Simulation};
use bidcast::market::world::World;
use bidcast::units::SimTime;

use memory::peak_mib;
use sizes::{SIZES, Size};
use table::Row;

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
    let rows = match after("--from") {
        Some(path) => table::read(Path::new(path)),
        None => {
            let rows = measure(asked.unwrap_or(if quick { 1 } else { ROUNDS }), quick);
            let csv = in_target("scale.csv");
            write(&csv, table::csv(&rows).as_bytes());
            println!("the table is also in {}", csv.display());
            rows
        }
    };
    table::print(&rows);
    if words.iter().any(|word| word == "--chart") {
        let drawing = chart::draw(&rows).expect("the table can be drawn");
        let svg = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/figures/scale.svg");
        let png = in_target("scale.png");
        write(&svg, drawing.svg.as_bytes());
        write(&png, &drawing.png().expect("the picture can be rendered"));
        println!("\ndrawn in {} and {}", svg.display(), png.display());
    }
}

/// Runs all sizes in turn; gives their rows in order.
fn measure(rounds: usize, quick: bool) -> Vec<Row> {
    let mut runs: Vec<Vec<Run>> = SIZES.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (index, runs) in runs.iter_mut().enumerate() {
            runs.push(run(index, quick));
        }
    }
    let medians: Vec<Run> = runs.into_iter().map(median).collect();
    let base = medians[0];
    SIZES
        .iter()
        .zip(&medians)
        .map(|(size, run)| Row {
            axis: size.axis.to_owned(),
            size: size.name.to_owned(),
            amount: size.amount,
            processor_seconds: run.seconds,
            seconds_over_base: run.seconds / base.seconds,
            peak_mib: run.peak_mib,
            app_days: run.app_days as u64,
            events: run.events as u64,
            reach: (if quick { "the year 2025" } else { "the whole base" }).to_owned(),
            rounds,
        })
        .collect()
}

/// A file in the target folder, wherever that is: the folder that cargo gives a bench lies in it.
fn in_target(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name(name)
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
