//! As much of Rust's grammar as it takes to tell code, literals and comments apart.

/// What a piece of a source is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Code,
    Comment,
    Literal,
}

/// A source with only one kind left; everything else is blank, lines keep their numbers.
pub fn only(text: &str, wanted: Kind) -> String {
    let mut out = String::with_capacity(text.len());
    for (kind, piece) in pieces(text) {
        out.extend(piece.chars().map(|c| if kind == wanted || c == '\n' { c } else { ' ' }));
    }
    out
}

/// A source up to its test module.
pub fn without_tests(text: &str) -> &str {
    let begin = text.match_indices("#[cfg(test)]\nmod ").find(|(at, found)| {
        let rest = text.get(at + found.len()..).unwrap_or_default();
        rest.lines().next().is_some_and(|line| line.ends_with('{'))
    });
    begin.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// Where a word stands alone: not as part of a longer name or path. Gives the line, and what follows the
/// word.
pub fn mentions<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).filter_map(move |(at, _)| {
        let (before, after) = (code.get(..at)?, code.get(at + word.len()..)?);
        let joined_before = word.starts_with(part_of_name) && before.ends_with(part_of_name);
        let joined_after = word.ends_with(part_of_name) && after.starts_with(part_of_name);
        (!joined_before && !joined_after).then(|| (before.matches('\n').count() + 1, after))
    })
}

fn pieces(text: &str) -> Vec<(Kind, &str)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut in_name = false;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = match special(rest, in_name) {
            Some(found) => found,
            None => (Kind::Code, first.len_utf8()),
        };
        let (piece, after) = rest.split_at(length.min(rest.len()));
        in_name = kind == Kind::Code && (first.is_alphanumeric() || first == '_');
        pieces.push((kind, piece));
        rest = after;
    }
    pieces
}

/// The comment or literal that begins here, with its length.
fn special(text: &str, in_name: bool) -> Option<(Kind, usize)> {
    if text.starts_with("//") {
        return Some((Kind::Comment, text.find('\n').unwrap_or(text.len())));
    }
    if text.starts_with("/*") {
        return Some((Kind::Comment, text.find("*/").map_or(text.len(), |end| end + 2)));
    }
    if text.starts_with('"') {
        return Some((Kind::Literal, quoted(text, '"')));
    }
    if !in_name && text.starts_with('r') {
        let hashes = text.chars().skip(1).take_while(|c| *c == '#').count();
        if text.get(1 + hashes..)?.starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let begin = hashes + 2;
            let end = text.get(begin..)?.find(&close).map_or(text.len(), |end| begin + end + close.len());
            return Some((Kind::Literal, end));
        }
    }
    // A lifetime has no closing quote two characters on.
    let mut chars = text.strip_prefix('\'')?.chars();
    let (first, second) = (chars.next()?, chars.next()?);
    (first == '\\' || second == '\'').then(|| (Kind::Literal, quoted(text, '\'')))
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}
