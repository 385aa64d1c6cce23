//! The cryptograms of a purse, and the issuer who shares its keys (JR/T 0025, appendix B).

use des::cipher::{BlockCipherEncrypt, KeyInit};
use des::{Des, TdesEde2};

use crate::card_writer::LoadApproval;
use crate::card_writer::PendingLoad;

/// What a load of a purse is called in its cryptograms.
pub(super) const LOAD_PURSE: u8 = 0x02;

/// The issuer of simulated cards: approves what a genuine card asks for.
#[derive(Clone, Copy)]
pub struct Issuer {
    load_key: [u8; 16],
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issuer")
    }
}

impl Issuer {
    /// The issuer who put this load key on its cards.
    #[must_use]
    pub const fn new(load_key: [u8; 16]) -> Self {
        Self { load_key }
    }

    /// Approves a load at a time (`YYYYMMDD`, `hhmmss`, packed); `None` if the card is not genuine.
    #[must_use]
    pub fn approve(&self, pending: &PendingLoad, date: [u8; 4], time: [u8; 3]) -> Option<LoadApproval> {
        let asked = pending.challenge;
        let key = session_key(&self.load_key, asked.random, asked.counter);
        let load = Load { amount: pending.amount_fen, kind: LOAD_PURSE, terminal: pending.terminal };
        let genuine = mac1(&key, asked.balance_fen, &load) == asked.mac1;
        genuine.then(|| LoadApproval { date, time, mac2: mac2(&key, &load, date, time) })
    }
}

/// What every cryptogram of a load covers.
#[derive(Clone, Copy)]
pub(super) struct Load {
    pub amount: u32,
    pub kind: u8,
    pub terminal: [u8; 6],
}

impl Load {
    fn bytes(&self) -> Vec<u8> {
        [&self.amount.to_be_bytes()[..], &[self.kind], &self.terminal].concat()
    }
}

/// The key of one load: random and counter under the load key.
pub(super) fn session_key(load_key: &[u8; 16], random: [u8; 4], counter: u16) -> [u8; 8] {
    let [r0, r1, r2, r3] = random;
    let [c0, c1] = counter.to_be_bytes();
    let mut block = [r0, r1, r2, r3, c0, c1, 0x80, 0x00].into();
    TdesEde2::new(load_key.into()).encrypt_block(&mut block);
    block.into()
}

/// The card's proof for the issuer.
pub(super) fn mac1(session: &[u8; 8], balance: u32, load: &Load) -> [u8; 4] {
    mac(session, &[&balance.to_be_bytes()[..], &load.bytes()].concat())
}

/// The issuer's proof for the card.
pub(super) fn mac2(session: &[u8; 8], load: &Load, date: [u8; 4], time: [u8; 3]) -> [u8; 4] {
    mac(session, &[&load.bytes()[..], &date, &time].concat())
}

/// The card's proof that it was loaded; under the two halves of its own key, one over the other.
pub(super) fn tac(key: &[u8; 16], balance: u32, counter: u16, load: &Load, when: &[u8]) -> [u8; 4] {
    let (left, right) = key.split_at(8);
    let mut folded = [0; 8];
    for (slot, (a, b)) in folded.iter_mut().zip(left.iter().zip(right)) {
        *slot = a ^ b;
    }
    mac(&folded, &[&balance.to_be_bytes()[..], &counter.to_be_bytes(), &load.bytes(), when].concat())
}

/// DES in a chain from zero over the data and their padding; the first half of the last block.
fn mac(key: &[u8; 8], data: &[u8]) -> [u8; 4] {
    let cipher = Des::new(key.into());
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(8), 0);
    let mut chain = [0_u8; 8];
    for block in padded.chunks_exact(8) {
        for (slot, byte) in chain.iter_mut().zip(block) {
            *slot ^= byte;
        }
        let mut block = chain.into();
        cipher.encrypt_block(&mut block);
        chain = block.into();
    }
    let [a, b, c, d, ..] = chain;
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two worked examples that were published independently of each other.
    #[test]
    fn the_cryptograms_are_those_of_published_loads() {
        let key = 0x1122_3344_5566_7788_8877_6655_4433_2211_u128.to_be_bytes();
        let load = Load { amount: 0x1000, kind: 1, terminal: [0x00, 0x11, 0x22, 0x33, 0x44, 0x55] };
        let session = session_key(&key, [0x11, 0x22, 0x33, 0x44], 0);
        assert_eq!(session, 0x9B1D_924E_0559_5603_u64.to_be_bytes());
        assert_eq!(mac1(&session, 0, &load), 0x2988_AE5A_u32.to_be_bytes());
        let when = ([0x20, 0x11, 0x12, 0x21], [0x21, 0x48, 0x22]);
        assert_eq!(mac2(&session, &load, when.0, when.1), 0x3A84_5BF0_u32.to_be_bytes());

        let key = [0x3F, 0x01].repeat(8).try_into().unwrap();
        let load = Load { amount: 0x1234, kind: LOAD_PURSE, terminal: [0, 0, 0, 0, 0, 1] };
        let session = session_key(&key, [0xF9, 0xCA, 0xBA, 0x91], 0);
        assert_eq!(session, 0x0301_5BEA_347E_A231_u64.to_be_bytes());
        assert_eq!(mac1(&session, 0, &load), 0x6C39_4D64_u32.to_be_bytes());
    }
}
