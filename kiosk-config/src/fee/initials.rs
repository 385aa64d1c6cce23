//! Pinyin initials, by which residents search on a keypad without Chinese input.

use pinyin::ToPinyin;

use super::FeeType;

impl FeeType {
    /// Adds the initials of every name to those that the file states.
    pub(crate) fn complete_initials(&mut self) {
        let names = [&self.name].into_iter().chain(&self.short_name).chain(&self.aliases);
        let computed: Vec<String> = names.map(|name| initials(name)).collect();
        for letters in computed {
            if !letters.is_empty() && !self.initials.contains(&letters) {
                self.initials.push(letters);
            }
        }
    }
}

/// First letters of a text's syllables; Latin letters and digits stand for themselves.
fn initials(text: &str) -> String {
    text.chars().filter_map(initial).collect()
}

fn initial(character: char) -> Option<char> {
    if character.is_ascii_alphanumeric() {
        return Some(character.to_ascii_lowercase());
    }
    character.to_pinyin()?.plain().chars().next()
}
