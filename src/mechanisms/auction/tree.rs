//! Sells a batch auction by auction: the winner from a tree of strengths, its score and price from their joint law.
//!
//! Under Fréchet noise who wins, and at what score, are independent. So an auction costs one exponential for the winning
//! score, one descent of the tree for the winner, and one exponential more for the runner-up, whatever the number of
//! bidders.

use std::iter::successors;

use super::frechet::Frechet;
use super::sale::{Batch, Sale};
use crate::market::purpose::Purpose;
use crate::rng::Streams;

/// Sells a batch from the stream of its cell.
pub(super) fn sell(
    frechet: &Frechet,
    batch: &Batch<'_>,
    streams: &Streams,
    cell: u64,
    address: u64,
    sale: &mut Sale,
) {
    let clearing = &batch.clearing;
    let mut stream = streams.open(Purpose::MicroAuction.code(), cell, address);
    // Outside demand is the leaf after the bidders.
    let strengths = batch.bidders.iter().map(|bidder| bidder.mean_strength()).chain([batch.outside]);
    let tree = SumTree::build(&mut sale.scratch.nodes, strengths);
    for _ in 0..stream.poisson(batch.supply) {
        let e1 = stream.exponential();
        // The winning score reaches the floor; one exactly there is sold. Compared as strengths, it costs no power.
        if !(e1 <= clearing.above_floor) {
            sale.unsold += 1;
            continue;
        }
        let winner = tree.pick(stream.unit());
        match (sale.purchases.get_mut(winner), batch.bidders.get(winner)) {
            (Some(purchase), Some(bidder)) => {
                let score = frechet.score(clearing, e1);
                purchase.add(score, frechet.price(clearing, bidder.mean_strength(), e1, &mut stream));
            }
            _ => sale.lost += 1,
        }
    }
}

/// Sums of weights in a binary tree: node 1 is the root, the children of node k are 2k and 2k + 1, the leaves come last.
struct SumTree<'a> {
    nodes: &'a [f64],
    n_leaves: usize,
}

impl<'a> SumTree<'a> {
    /// Builds the tree of the weights, of which there is at least one, in a buffer.
    fn build(nodes: &'a mut Vec<f64>, weights: impl Iterator<Item = f64> + Clone) -> Self {
        let n_leaves = weights.clone().count();
        nodes.clear();
        nodes.resize(n_leaves, 0.0);
        nodes.extend(weights);
        for k in (1..n_leaves).rev() {
            nodes[k] = nodes[2 * k] + nodes[2 * k + 1];
        }
        Self { nodes, n_leaves }
    }

    /// Nodes from the root to the leaf at share `u` of the total, 0 ≤ u < 1.
    fn path(&self, u: f64) -> impl Iterator<Item = usize> {
        let start = (1, u * self.nodes[1]);
        let steps = successors(Some(start), |&(node, left)| {
            if node >= self.n_leaves {
                return None;
            }
            let (weight, other) = (self.nodes[2 * node], self.nodes[2 * node + 1]);
            // Rounding must not lead to a leaf without weight.
            let goes_left = left < weight || !(other > 0.0);
            Some(if goes_left { (2 * node, left) } else { (2 * node + 1, left - weight) })
        });
        steps.map(|(node, _)| node)
    }

    /// The leaf at share `u` of the total: with u uniform, a leaf in proportion to its weight.
    fn pick(&self, u: f64) -> usize {
        self.path(u).last().unwrap_or(1) - self.n_leaves
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pick_visits_at_most_a_logarithm_of_nodes() {
        let mut nodes = Vec::new();
        for n in [1_usize, 2, 3, 5, 100, 128, 1_101] {
            let tree = SumTree::build(&mut nodes, (0..n).map(|k| 1.0 + (k % 7) as f64));
            let bound = n.next_power_of_two().ilog2() as usize + 1;
            let longest = (0..1_000).map(|k| tree.path(f64::from(k) / 1_000.0).count()).max();
            assert_eq!(longest, Some(bound), "{n} leaves");
        }
    }

    #[test]
    fn leaves_are_picked_in_proportion_to_their_weight() {
        // On an even grid of shares the picks are exact up to one a leaf.
        let weights = [0.5, 0.0, 2.0, 1.0, 0.25, 0.0, 0.25];
        let mut nodes = Vec::new();
        let tree = SumTree::build(&mut nodes, weights.into_iter());
        let mut picked = [0_u32; 7];
        for k in 0..4_000 {
            picked[tree.pick((f64::from(k) + 0.5) / 4_000.0)] += 1;
        }
        assert_eq!(picked, [500, 0, 2_000, 1_000, 250, 0, 250]);
    }

    #[test]
    fn the_last_share_falls_on_a_leaf_with_weight() {
        let mut nodes = Vec::new();
        // In the first the last share falls, by two roundings, exactly on the end of the leaf of weight 1.5.
        let rounded = vec![1.5 * f64::EPSILON, 0.0, 1.5, 0.0];
        for weights in [rounded, vec![0.1; 10], vec![0.7, 0.1, 0.2, 0.0], vec![0.0, 0.3], vec![1.0]] {
            let tree = SumTree::build(&mut nodes, weights.iter().copied());
            for u in [0.0, 0.5, 1.0 - f64::EPSILON / 2.0] {
                assert!(weights[tree.pick(u)] > 0.0, "{weights:?} at {u}");
            }
        }
    }
}
