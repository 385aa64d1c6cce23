//! Wire enumerations as the words that the database keeps.

use serde::de::DeserializeOwned;
use serde::{Serialize, de::IntoDeserializer, de::value};

/// The word of a value, the same as on the wire.
pub fn word_of<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        // Only enumerations without data come here; anything else is kept readable.
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// The value of a word.
pub fn from_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    let reader: value::StrDeserializer<'_, value::Error> = word.into_deserializer();
    T::deserialize(reader).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hall_api::ChargeState;

    #[test]
    fn a_word_reads_back_as_its_value() {
        assert_eq!(word_of(&ChargeState::ReversalRefused), "reversal-refused");
        assert_eq!(from_word("reversal-refused"), Some(ChargeState::ReversalRefused));
        assert_eq!(from_word::<ChargeState>("paid"), None);
    }
}
