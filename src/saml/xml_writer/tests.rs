//! Rules of `xml_writer`.
