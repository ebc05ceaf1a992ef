//! The command line: arguments, terminal, progress, exit codes. One file for each verb, and none holds model logic.
//!
//! | file | what it does |
//! |---|---|
//! | `args` | what may be typed, with its help |
//! | `dispatch` | the way of a call: parse, do, report, exit code |
//! | `setup` | everything that can be refused before the long work is |
//! | `run`, `forecast`, `compare`, `sweep`, `sensitivity`, `discover`, `why`, `check`, `metrics`, `scenarios`, `explain`, `selftest`, `inspect`, `diff`, `gc`, `completions`, `man` | the verbs |
//! | `calibrate`, `identify` | parameters fitted to what was published; what was learned, and from what |
//! | `seek`, `sought`, `goal` | the search for the value of a lever that meets a goal; what it found; goals as they are typed |
//! | `vary`, `points`, `stored`, `outcomes` | which parameters are varied; points of a sweep; a stored run; metrics asked for |
//! | `study`, `question`, `rounds`, `source`, `stopping`, `pilot` | the way of every study; what each verb asks of one, at once or in rounds; where parameters come from; when it is precise enough; its cost before the work |
//! | `folder` | where results are kept |
//! | `trace`, `follow`, `turns` | the event log of a replication; the story of one app; its turning points in words |
//! | `watch` | progress bar and Ctrl-C |
//! | `headline`, `reasons`, `contrasts`, `grid`, `picture` | text: the forecast, an attribution, a comparison, plain tables, problems in inputs |
//! | `failure`, `output` | stderr with exit codes, stdout |

mod args;
mod calibrate;
mod check;
mod compare;
mod completions;
mod contrasts;
mod diff;
mod discover;
mod dispatch;
mod explain;
mod failure;
mod folder;
mod follow;
mod forecast;
mod gc;
mod goal;
mod grid;
mod headline;
mod identify;
mod inspect;
mod man;
mod metrics;
mod outcomes;
mod output;
mod picture;
mod pilot;
mod points;
mod question;
mod reasons;
mod rounds;
mod run;
mod scenarios;
mod seek;
mod selftest;
mod sensitivity;
mod setup;
mod sought;
mod source;
mod stopping;
mod stored;
mod study;
mod sweep;
mod trace;
mod turns;
mod vary;
mod watch;
mod why;

pub(crate) use dispatch::main;
