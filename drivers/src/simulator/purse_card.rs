//! A card with an electronic purse: the commands of a load, with real cryptograms (protocols H).

use super::purse_keys::{LOAD_PURSE, Load, mac1, mac2, session_key, tac};

/// The file that holds the purse, and the one that holds both.
const PURSE_FILE: u16 = 0x1001;
const MASTER_FILE: u16 = 0x3F00;

/// Where the number stands in file 15, which has thirty bytes.
const FILE_15: usize = 30;
const NUMBER_AT: usize = 10;

/// The number on the next load, when nobody sets one.
const FIRST_RANDOM: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

/// A card; every number is made up.
#[derive(Clone)]
pub struct PurseCard {
    number: [u8; 10],
    balance: u32,
    counter: u16,
    load_key: [u8; 16],
    tac_key: [u8; 16],
    key_version: u8,
    algorithm: u8,
    random: [u8; 4],
    pin: Vec<u8>,
    /// Answers with data wait until they are fetched, as with T=0.
    fetches: bool,
    power: Power,
}

/// What the card forgets without power.
#[derive(Clone, Default)]
struct Power {
    file: Option<u16>,
    pin_shown: bool,
    load: Option<(Load, [u8; 8])>,
    waiting: Vec<u8>,
}

impl std::fmt::Debug for PurseCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PurseCard({} fen, {})", self.balance, self.counter)
    }
}

impl PurseCard {
    /// A card with this number (twenty packed digits), money, and load key.
    #[must_use]
    pub fn new(number: [u8; 10], balance_fen: u32, load_key: [u8; 16]) -> Self {
        Self {
            number,
            balance: balance_fen,
            counter: 0,
            load_key,
            tac_key: [0x34; 16],
            key_version: 1,
            algorithm: 0,
            random: FIRST_RANDOM,
            pin: Vec::new(),
            fetches: false,
            power: Power::default(),
        }
    }

    /// The same card with a PIN that a load needs.
    #[must_use]
    pub fn with_pin(self, pin: &[u8]) -> Self {
        Self { pin: pin.to_vec(), ..self }
    }

    /// The same card with another counter of online transactions.
    #[must_use]
    pub fn with_counter(self, counter: u16) -> Self {
        Self { counter, ..self }
    }

    /// The same card, whose answers must be fetched (T=0).
    #[must_use]
    pub fn with_fetched_answers(self) -> Self {
        Self { fetches: true, ..self }
    }

    /// The same card, which says these as key version, algorithm and next random number.
    #[must_use]
    pub fn with_challenge(self, key_version: u8, algorithm: u8, random: [u8; 4]) -> Self {
        Self { key_version, algorithm, random, ..self }
    }

    /// The money on it, in fen.
    #[must_use]
    pub const fn balance_fen(&self) -> u32 {
        self.balance
    }

    /// How often it was loaded.
    #[must_use]
    pub const fn counter(&self) -> u16 {
        self.counter
    }

    /// Spends money on a bus: the counter of online transactions stands still.
    pub fn spend(&mut self, amount_fen: u32) {
        self.balance = self.balance.saturating_sub(amount_fen);
    }

    /// The card gets power: what was begun is forgotten.
    pub fn power_on(&mut self) {
        self.power = Power::default();
    }

    /// Obeys a command; the answer ends with its status word.
    pub fn obey(&mut self, command: &[u8]) -> Vec<u8> {
        let (status, data) = self.carry_out(command);
        if self.fetches && status == 0x9000 && !data.is_empty() && !command.starts_with(&[0x00, 0xC0]) {
            let waiting = u8::try_from(data.len()).unwrap_or(0);
            self.power.waiting = data;
            return vec![0x61, waiting];
        }
        [data.as_slice(), &status.to_be_bytes()].concat()
    }

    fn carry_out(&mut self, command: &[u8]) -> (u16, Vec<u8>) {
        match command {
            [0x00, 0xC0, 0x00, 0x00, _] => match std::mem::take(&mut self.power.waiting) {
                waiting if waiting.is_empty() => (0x6985, Vec::new()),
                waiting => (0x9000, waiting),
            },
            [0x00, 0xA4, 0x00, 0x00, 2, high, low] => self.select(u16::from(*high) << 8 | u16::from(*low)),
            [0x00, 0x20, 0x00, 0x00, _, pin @ ..] => self.verify(pin),
            [0x00, 0xB0, 0x95, 0x00, expected] => self.read_file_15(*expected),
            [0x80, 0x5C, 0x00, LOAD_PURSE, 4] => self.in_purse(|card| card.balance.to_be_bytes().to_vec()),
            [0x80, 0x50, 0x00, LOAD_PURSE, 11, rest @ ..] => self.initialize(rest),
            [0x80, 0x52, 0x00, 0x00, 11, rest @ ..] => self.credit(rest),
            [0x00 | 0x80, ..] => (0x6D00, Vec::new()),
            _ => (0x6E00, Vec::new()),
        }
    }

    fn select(&mut self, file: u16) -> (u16, Vec<u8>) {
        if file != MASTER_FILE && file != PURSE_FILE {
            return (0x6A82, Vec::new());
        }
        self.power.file = Some(file);
        // Template, then the name of the application.
        (0x9000, vec![0x6F, 0x07, 0x84, 0x05, 0xA0, 0x00, 0x00, 0x00, 0x03])
    }

    fn verify(&mut self, pin: &[u8]) -> (u16, Vec<u8>) {
        self.power.pin_shown = pin == self.pin;
        (if self.power.pin_shown { 0x9000 } else { 0x63C2 }, Vec::new())
    }

    fn in_purse(&self, read: impl FnOnce(&Self) -> Vec<u8>) -> (u16, Vec<u8>) {
        if self.power.file == Some(PURSE_FILE) { (0x9000, read(self)) } else { (0x6985, Vec::new()) }
    }

    fn read_file_15(&self, expected: u8) -> (u16, Vec<u8>) {
        if usize::from(expected) != FILE_15 {
            return (0x6C1E, Vec::new());
        }
        self.in_purse(|card| {
            let mut file = vec![0; FILE_15];
            for (slot, byte) in file.iter_mut().skip(NUMBER_AT).zip(card.number) {
                *slot = byte;
            }
            file
        })
    }

    fn initialize(&mut self, data: &[u8]) -> (u16, Vec<u8>) {
        let [key, a0, a1, a2, a3, t0, t1, t2, t3, t4, t5, ..] = *data else {
            return (0x6700, Vec::new());
        };
        if self.power.file != Some(PURSE_FILE) || (!self.pin.is_empty() && !self.power.pin_shown) {
            return (0x6982, Vec::new());
        }
        if key > 1 {
            return (0x9403, Vec::new());
        }
        let amount = u32::from_be_bytes([a0, a1, a2, a3]);
        let load = Load { amount, kind: LOAD_PURSE, terminal: [t0, t1, t2, t3, t4, t5] };
        let session = session_key(&self.load_key, self.random, self.counter);
        self.power.load = Some((load, session));
        let mut answer = self.balance.to_be_bytes().to_vec();
        answer.extend(self.counter.to_be_bytes());
        answer.extend([self.key_version, self.algorithm]);
        answer.extend(self.random);
        answer.extend(mac1(&session, self.balance, &load));
        self.random = u32::from_be_bytes(self.random).wrapping_mul(0x0019_660D).wrapping_add(1).to_be_bytes();
        (0x9000, answer)
    }

    fn credit(&mut self, data: &[u8]) -> (u16, Vec<u8>) {
        let [d0, d1, d2, d3, h, m, s, m0, m1, m2, m3, ..] = *data else {
            return (0x6700, Vec::new());
        };
        let Some((load, session)) = self.power.load.take() else {
            return (0x6985, Vec::new());
        };
        if mac2(&session, &load, [d0, d1, d2, d3], [h, m, s]) != [m0, m1, m2, m3] {
            return (0x9302, Vec::new());
        }
        let (Some(balance), Some(next)) =
            (self.balance.checked_add(load.amount), self.counter.checked_add(1))
        else {
            return (0x9402, Vec::new());
        };
        let proof = tac(&self.tac_key, balance, self.counter, &load, &[d0, d1, d2, d3, h, m, s]);
        (self.balance, self.counter) = (balance, next);
        (0x9000, proof.to_vec())
    }
}
