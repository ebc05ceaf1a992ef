//! The command line: arguments, terminal, progress, exit codes. One file for each verb, and none holds model logic.
//!
//! | file | what it does |
//! |---|---|
//! | `args` | what may be typed, with its help |
//! | `dispatch` | the way of a call: parse, do, report, exit code |
//! | `setup` | everything that can be refused before the long work is |
//! | `run`, `forecast`, `sweep`, `sensitivity`, `discover`, `why`, `check`, `metrics`, `scenarios`, `explain`, `selftest`, `completions`, `man` | the verbs |
//! | `study`, `question`, `pilot` | the way of every study; what each verb asks of one; its cost before the work |
//! | `vary`, `points`, `stored`, `outcomes` | which parameters are varied; points of a sweep; a stored run; metrics asked for |
//! | `folder` | where results are kept |
//! | `trace`, `follow`, `turns` | the event log of a replication; the story of one app; its turning points in words |
//! | `watch` | progress bar and Ctrl-C |
//! | `headline`, `reasons`, `grid`, `picture` | text: the forecast, an attribution, plain tables, problems in inputs |
//! | `failure`, `output` | stderr with exit codes, stdout |

mod args;
mod check;
mod completions;
mod discover;
mod dispatch;
mod explain;
mod failure;
mod folder;
mod follow;
mod forecast;
mod grid;
mod headline;
mod man;
mod metrics;
mod outcomes;
mod output;
mod picture;
mod pilot;
mod points;
mod question;
mod reasons;
mod run;
mod scenarios;
mod selftest;
mod sensitivity;
mod setup;
mod stored;
mod study;
mod sweep;
mod trace;
mod turns;
mod vary;
mod watch;
mod why;

pub(crate) use dispatch::main;
