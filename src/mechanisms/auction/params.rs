//! Parameters of the auction, and the choices among ways to hold it.

use serde::Deserialize;

/// Parameters of the auction.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuctionParams {
    /// Shape of match noise, dimensionless, above 2 so that prices have a variance.
    pub theta: f64,
    /// Floor as a share of the price that outside demand alone would make.
    pub floor_share: f64,
    /// How a batch of impressions is sold.
    pub mode: Mode,
    /// Law of match noise where every bidder draws its own.
    pub match_noise: MatchNoise,
    /// Who pays what, by channel.
    pub format_by_channel: Vec<Format>,
    /// How far bidders of a first-price cell go from their full score to the best response, 0..1.
    pub shading_share: f64,
}

/// How a batch of impressions is sold. Modes differ in cost and in what they let vary, not in the market they describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// All impressions of a bidder at once, from closed forms.
    Kernel,
    /// Auction by auction, the best two scores drawn from their joint law.
    Tree,
    /// Auction by auction, every bidder draws a score.
    Scan,
}

/// Law of match noise in [`Mode::Scan`]; the closed forms of the other modes hold for Fréchet noise only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchNoise {
    /// Fréchet with shape θ and unit scale.
    Frechet,
    /// Lognormal with the mean and the standard deviation that the Fréchet has on the log scale.
    Lognormal,
}

/// What the winner of an auction pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// The larger of runner-up and floor.
    SecondPrice,
    /// Its own score.
    FirstPrice,
}
