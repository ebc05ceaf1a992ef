//! SHA-256 of what identifies something: texts and numbers in order, each told apart from its neighbours.

use sha2::{Digest, Sha256};

/// A digest in the making.
#[derive(Debug, Clone, Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Starts with what is identified, such as `bidcast/design/1`: digests of different things then never meet.
    pub fn new(what: &str) -> Self {
        Self::default().text(what)
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// Adds bytes, after their number.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Adds a whole number.
    #[must_use]
    pub fn whole(mut self, number: u64) -> Self {
        self.0.update(number.to_le_bytes());
        self
    }

    /// Adds numbers, bit by bit.
    #[must_use]
    pub fn numbers(mut self, numbers: &[f64]) -> Self {
        self.0.update((numbers.len() as u64).to_le_bytes());
        for number in numbers {
            self.0.update(number.to_bits().to_le_bytes());
        }
        self
    }

    /// The digest, 64 hexadecimal digits.
    pub fn hex(self) -> String {
        hex(&self.0.finalize())
    }
}

/// SHA-256 of bytes as they are, 64 hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_256() {
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), abc);
    }

    #[test]
    fn neighbours_are_told_apart() {
        let of = |a: &str, b: &str| Fingerprint::new("x").text(a).text(b).hex();
        assert_eq!(of("ab", "c"), of("ab", "c"));
        assert_ne!(of("ab", "c"), of("a", "bc"));
        let one = Fingerprint::new("x").numbers(&[1.0]).numbers(&[]).hex();
        assert_ne!(one, Fingerprint::new("x").numbers(&[]).numbers(&[1.0]).hex());
        assert_ne!(Fingerprint::new("x").numbers(&[0.0]).hex(), Fingerprint::new("x").numbers(&[-0.0]).hex());
    }
}
