//! The passwords that are tried first, and long words of the dictionary: folded, of four characters and
//! more, sorted by their bytes, one a line. Only whether one is among them is answered.

/// The list.
const WORDS: &str = include_str!("common_passwords.txt");

/// Whether a folded password is on the list. Halves the text until one line is left, so that nothing
/// is built at start.
pub fn contains(folded: &str) -> bool {
    let (mut from, mut until) = (0, WORDS.len());
    while from < until {
        let middle = from + (until - from) / 2;
        let head = WORDS.get(from..middle).unwrap_or_default();
        let begin = head.rfind('\n').map_or(from, |end| from + end + 1);
        let rest = WORDS.get(begin..until).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        match line.cmp(folded) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => from = begin + line.len() + 1,
            std::cmp::Ordering::Greater => until = begin,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    //! Every line is found, and nothing between them.

    use crate::service::common_passwords::{WORDS, contains};

    #[test]
    fn the_list_is_sorted_and_every_word_of_it_is_found() {
        let mut last = "";
        for word in WORDS.lines() {
            assert!(last < word, "{word} is out of place");
            assert!(contains(word), "{word}");
            assert!(!contains(&format!("{word}~~~")), "{word}");
            last = word;
        }
        assert!(!contains(""));
        assert!(!contains("zzzzzzzzzzzzzzzzzzzzzz"));
    }
}
