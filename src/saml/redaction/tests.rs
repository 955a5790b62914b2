//! What is taken out of a document that was sent, and that nothing else is.

use super::*;

#[test]
fn signatures_and_ciphertexts_are_taken_out_and_nothing_else() {
    let sent = "<r a=\"b\"><ds:SignatureValue>c2ln</ds:SignatureValue><x:CipherData>\
                <xenc:CipherValue Id=\"1\">Y2lwaGVy</xenc:CipherValue></x:CipherData>\
                <v>SignatureValue &lt;</v></r>";
    let kept = "<r a=\"b\"><ds:SignatureValue>redacted</ds:SignatureValue><x:CipherData>\
                <xenc:CipherValue Id=\"1\">redacted</xenc:CipherValue></x:CipherData>\
                <v>SignatureValue &lt;</v></r>";
    assert_eq!(redacted(sent), kept);
    for short in ["", "text", "<", "<a", "<a>", "<ds:SignatureValue>"] {
        assert!(redacted(short).starts_with(short), "{short}");
    }
}
