//! The `vestibule` program: reads the command line and calls the command; nothing else.

fn main() {}
