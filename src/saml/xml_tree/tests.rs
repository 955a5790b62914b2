//! Rules of `xml_tree`.
