//! Decides who wins the impressions of a cell and what they cost: one batch, sold in any of three ways.
//!
//! # Model
//! The score of a bid is `bid × predicted conversion × match`, with Fréchet(θ) match noise of unit scale. Strength of
//! bidder *i*: `T_i = (bid·p̂)^θ` summed over its creatives; `T_0` is outside demand, a continuum of small bidders;
//! `q_i` is the share of auctions that *i* enters; `Φ = T_0 + Σ q_i T_i`. The highest score wins if it reaches the floor,
//! and pays the larger of runner-up and floor (second price) or itself (first price, where bids are shaded).
//!
//! | mode | how a batch is sold | what a batch costs | noise |
//! |---|---|---|---|
//! | [`Mode::Kernel`] | closed form: a Poisson count and a spend for each bidder | a draw a bidder | Fréchet |
//! | [`Mode::Tree`] | auction by auction: winner from a sum tree, best two scores | log N an auction | Fréchet |
//! | [`Mode::Scan`] | auction by auction: every bidder draws its own score | N an auction | any |
//!
//! The three have the same law under Fréchet noise when every bidder enters every auction. Kernel and tree are two uses of
//! the same closed forms; the scan knows none of them.
//!
//! # Inputs and outputs
//! A [`Batch`] (impressions offered, strengths in USD^θ per impression, presence in 0..1, floor in USD per impression) →
//! a [`Sale`] (impressions won, micro-dollars asked and winning scores in USD by bidder; impressions lost to outside
//! demand and unsold).
//!
//! # Assumptions
//! - Match noise is independent over bidders and impressions and is known to the platform when it ranks.
//! - A bidder that enters a share q of auctions counts as one of strength qT in kernel and tree: right for small
//!   bidders; a large one wins too much, by `(1 − q)·T/Φ` of its impressions. In the scan it enters or stays out.
//! - Outside demand pays by the same format; what it pays is not recorded.
//!
//! # Invariants
//! `price_is_at_most_the_winning_score`, `price_is_at_least_the_floor`, `own_bid_raises_the_share`,
//! `a_bid_exactly_at_the_reserve_is_sold`, `the_best_response_is_the_best_of_a_grid`; of all modes
//! `the_three_ways_sell_alike`, `losers_pay_nothing_and_prices_lie_between_floor_and_score`.
//!
//! # Source
//! Logit choice as max of extreme values: McFadden 1974; Fréchet form: Eaton & Kortum 2002, eq. 5–11. Auction formats:
//! Krishna, *Auction Theory*, ch. 2; shading in display advertising: Gligorijevic et al., CIKM 2020.

mod award;
mod frechet;
mod kernel;
mod params;
mod sale;
mod scan;
mod shading;
mod tree;

pub use award::award;
pub use frechet::{Clearing, Frechet};
pub use kernel::draw_spend;
pub use params::{AuctionParams, Format, MatchNoise, Mode};
pub use sale::{Batch, Bidder, Purchase, Sale, sell};
