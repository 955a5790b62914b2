//! Inputs in files: messages and metadata as real programs write them, which are beginnings for all
//! targets of their kind, and what failed once.

use std::fs;
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz/corpus");

/// The files of a folder of the corpus, in the order of their names; none if there is no such folder.
pub fn kept(folder: &str) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(Path::new(FOLDER).join(folder)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| fs::read(path).unwrap())
        .collect()
}

/// Keeps an input that failed, under a name of its content.
pub fn keep(target: &str, input: &[u8]) -> PathBuf {
    let folder = Path::new(FOLDER).join(target);
    fs::create_dir_all(&folder).unwrap();
    let name = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
        (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3)
    });
    let path = folder.join(format!("{name:016x}"));
    fs::write(&path, input).unwrap();
    path
}
