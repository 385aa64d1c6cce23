//! A card for the simulated reader: fields, and the text block that a real card would hold (protocols A.6).

use crate::id_reader::CardKind;

/// Length of the text block in characters.
const BLOCK_CHARS: usize = 128;

/// Length of the photo.
const PHOTO_BYTES: usize = 1024;

/// Length of the newest address in characters.
const ADDRESS_CHARS: usize = 35;

/// What is printed on a card; every person is made up. Fields that a kind does not have are ignored.
#[derive(Clone, PartialEq, Eq)]
pub struct SimCard {
    /// Which document.
    pub kind: CardKind,
    /// Name in Chinese.
    pub name: String,
    /// Name in Latin letters, on foreigners' cards.
    pub latin_name: String,
    /// `1` male, `2` female, `0` and `9` as in GB/T 2261.1.
    pub sex: char,
    /// Nation code, two digits.
    pub nation: String,
    /// Nationality, three letters, on foreigners' cards.
    pub nationality: String,
    /// `YYYYMMDD`.
    pub birth: String,
    /// Address as printed.
    pub address: String,
    /// Address written to the card after its issue; empty if there is none.
    pub newest_address: String,
    /// Number as printed.
    pub number: String,
    /// Issuing authority.
    pub authority: String,
    /// `YYYYMMDD`.
    pub valid_from: String,
    /// `YYYYMMDD`, or the words for life.
    pub valid_to: String,
    /// Number of the travel permit, on cards of Hong Kong, Macau and Taiwan residents.
    pub pass_number: String,
    /// Count of issues, renewals or the version, by kind.
    pub issue_count: String,
    /// 1024 bytes, or the simulator makes some up.
    pub photo: Vec<u8>,
    /// None, one finger (512 bytes) or two (1024).
    pub fingerprints: Vec<u8>,
}

impl std::fmt::Debug for SimCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SimCard({:?})", self.kind)
    }
}

impl SimCard {
    /// A resident of Baotou; `number` is 18 characters, birth and sex come from it.
    #[must_use]
    pub fn resident(name: &str, number: &str) -> Self {
        let even = number.chars().nth(16).and_then(|c| c.to_digit(10)).is_some_and(|digit| digit % 2 == 0);
        Self {
            kind: CardKind::Resident,
            name: name.to_owned(),
            latin_name: String::new(),
            sex: if even { '2' } else { '1' },
            nation: "01".to_owned(),
            nationality: String::new(),
            birth: number.chars().skip(6).take(8).collect(),
            address: "内蒙古自治区包头市昆都仑区示范路1号".to_owned(),
            newest_address: String::new(),
            number: number.to_owned(),
            authority: "包头市公安局昆都仑区分局".to_owned(),
            valid_from: "20150601".to_owned(),
            valid_to: "长期".to_owned(),
            pass_number: String::new(),
            issue_count: String::new(),
            photo: Vec::new(),
            fingerprints: Vec::new(),
        }
    }

    /// Made-up people for a demonstration, one of each kind of card and an older resident.
    #[must_use]
    pub fn demo() -> Vec<Self> {
        let resident = |name, body: &str| Self::resident(name, &with_check(body));
        let hk = Self {
            kind: CardKind::HongKongMacauTaiwan,
            pass_number: "H12345678".to_owned(),
            issue_count: "01".to_owned(),
            valid_to: "20351231".to_owned(),
            ..resident("陈示范", "81000019940823002")
        };
        let y2023 = Self {
            kind: CardKind::Foreigner2023,
            latin_name: "SAMPLE, ALEX".to_owned(),
            nationality: "CAN".to_owned(),
            issue_count: "00".to_owned(),
            birth: "19880214".to_owned(),
            valid_from: "20240101".to_owned(),
            valid_to: "20331231".to_owned(),
            ..resident("样本", "91112419880214001")
        };
        let y2017 = Self {
            kind: CardKind::Foreigner2017,
            number: "CAN110080010101".to_owned(),
            birth: "19800101".to_owned(),
            authority: "1100".to_owned(),
            issue_count: "01".to_owned(),
            valid_from: "20180101".to_owned(),
            valid_to: "20271231".to_owned(),
            ..y2023.clone()
        };
        vec![
            resident("林样例", "15020319900307101"),
            Self {
                newest_address: "内蒙古自治区包头市青山区样本街2号".to_owned(),
                fingerprints: vec![0x46; 1024],
                ..resident("王示例", "15020319520918202")
            },
            hk,
            y2017,
            y2023,
        ]
    }

    /// The data of a read: lengths with their high byte first, then the blocks.
    pub(super) fn blocks(&self, with_fingerprints: bool) -> Vec<u8> {
        let fingerprints: &[u8] = if with_fingerprints { &self.fingerprints } else { &[] };
        let mut data = vec![1, 0, 4, 0];
        if with_fingerprints {
            data.extend([u8::try_from(fingerprints.len() / 256).unwrap_or(0), 0]);
        }
        data.extend(self.text_block());
        data.extend(self.photo_block());
        data.extend_from_slice(fingerprints);
        data
    }

    /// The newest address, if there is one.
    pub(super) fn newest_address_block(&self) -> Option<Vec<u8>> {
        let units = self.newest_address.encode_utf16().chain(std::iter::repeat(u16::from(b' ')));
        let block = units.take(ADDRESS_CHARS).flat_map(u16::to_le_bytes).collect();
        (!self.newest_address.is_empty()).then_some(block)
    }

    /// The 256 bytes of text.
    fn text_block(&self) -> Vec<u8> {
        let mut block = Block([u16::from(b' '); BLOCK_CHARS]);
        match self.kind {
            CardKind::Resident => self.put_chinese(&mut block, ' '),
            CardKind::HongKongMacauTaiwan => {
                self.put_chinese(&mut block, 'J');
                block.put(110, 9, &self.pass_number);
                block.put(119, 2, &self.issue_count);
            }
            CardKind::Foreigner2017 => self.put_2017(&mut block),
            CardKind::Foreigner2023 => self.put_2023(&mut block),
        }
        block.0.iter().flat_map(|unit| unit.to_le_bytes()).collect()
    }

    fn put_chinese(&self, block: &mut Block, flag: char) {
        block.put(0, 15, &self.name);
        block.put(15, 1, &self.sex.to_string());
        if self.kind == CardKind::Resident {
            block.put(16, 2, &self.nation);
        }
        block.put(18, 8, &self.birth);
        block.put(26, 35, &self.address);
        block.put(61, 18, &self.number);
        block.put(79, 15, &self.authority);
        block.put(94, 8, &self.valid_from);
        block.put(102, 8, &self.valid_to);
        block.put(124, 1, &flag.to_string());
    }

    fn put_2017(&self, block: &mut Block) {
        block.put(0, 60, &self.latin_name);
        block.put(60, 1, &self.sex.to_string());
        block.put(61, 15, &self.number);
        block.put(76, 3, &self.nationality);
        block.put(79, 15, &self.name);
        block.put(94, 8, &self.valid_from);
        block.put(102, 8, &self.valid_to);
        block.put(110, 8, &self.birth);
        block.put(118, 2, &self.issue_count);
        block.put(120, 4, &self.authority);
        block.put(124, 1, "I");
    }

    fn put_2023(&self, block: &mut Block) {
        let latin: Vec<char> = self.latin_name.chars().collect();
        let part = |from: usize, len: usize| latin.iter().skip(from).take(len).collect::<String>();
        block.put(0, 15, &self.name);
        block.put(15, 1, &self.sex.to_string());
        block.put(16, 2, &self.issue_count);
        block.put(18, 8, &self.birth);
        block.put(26, 35, &part(0, 35));
        block.put(61, 18, &self.number);
        block.put(94, 8, &self.valid_from);
        block.put(102, 8, &self.valid_to);
        block.put(110, 11, &part(35, 11));
        block.put(121, 3, &self.nationality);
        block.put(124, 1, "Y");
    }

    /// The photo block.
    fn photo_block(&self) -> Vec<u8> {
        let mut photo = self.photo.clone();
        let mut next = 0x57_u8;
        while photo.len() < PHOTO_BYTES {
            photo.push(next);
            next = next.wrapping_mul(31).wrapping_add(7);
        }
        photo.truncate(PHOTO_BYTES);
        photo
    }
}

struct Block([u16; BLOCK_CHARS]);

impl Block {
    /// Writes at most `len` characters at a character offset.
    fn put(&mut self, at: usize, len: usize, text: &str) {
        for (slot, unit) in self.0.iter_mut().skip(at).take(len).zip(text.encode_utf16()) {
            *slot = unit;
        }
    }
}

/// Adds the check character to 17 digits: the remainder of ISO 7064 MOD 11-2, by its recursive rule.
fn with_check(body: &str) -> String {
    let mut rest = 0;
    for digit in body.chars().filter_map(|c| c.to_digit(10)) {
        rest = (rest + digit) * 2 % 11;
    }
    let check = (12 - rest) % 11;
    let last = if check == 10 { 'X' } else { char::from_digit(check, 10).unwrap_or('0') };
    format!("{body}{last}")
}
