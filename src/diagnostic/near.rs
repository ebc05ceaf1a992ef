//! Near misses of a name, by edit distance.

/// Most suggestions worth reading at once.
const MOST: usize = 3;

/// Number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
///
/// This is the optimal string alignment distance, in characters.
pub fn edit_distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    // Three rows suffice: a swap of neighbours looks two rows back.
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut row = vec![0; b.len() + 1];
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let substitution = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + substitution);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    above[b.len()]
}

/// The candidates that look like `wanted`, nearest first (ties in the order given), at most three.
///
/// A candidate is near when a third of the characters of `wanted`, at least one and at most four, need change.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let length = wanted.chars().count();
    let allowed = (length / 3).clamp(1, 4);
    let mut near: Vec<(usize, &str)> = candidates
        .into_iter()
        // The length test comes first: it keeps a key of a megabyte from costing a megabyte per candidate.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| (edit_distance(wanted, candidate), candidate))
        .filter(|&(distance, _)| distance <= allowed)
        .collect();
    near.sort_by_key(|&(distance, _)| distance);
    near.into_iter().map(|(_, candidate)| candidate).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_known_pairs() {
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("theta", "tehta"), 1, "a swap of neighbours is one slip");
        assert_eq!(edit_distance("预算", "预算"), 0);
    }

    #[test]
    fn nearest_is_ordered_and_leaves_out_strangers() {
        assert_eq!(nearest("thetta", ["beta", "theta", "thetas", "floor"]), ["theta", "thetas"]);
        assert!(nearest("x", ["theta"]).is_empty());
    }
}
