//! Data roots and chunk proofs over sizes around every boundary.

#![allow(clippy::unwrap_used, reason = "tests")]

use arweave::data_root::{CHUNK_LEN_MAX, CHUNK_LEN_MIN, Split, chunks, matches, root};
use arweave::proof::{proofs, verify_chunk, verify_path};

fn sizes() -> Vec<usize> {
    let mut sizes = vec![1, 2, 1000];
    for full in 0..=5 {
        for tail in [0, 1, 2, 32_766, 32_767, 32_768, 32_769, 200_000, 262_143] {
            sizes.push(full * CHUNK_LEN_MAX + tail);
        }
    }
    sizes.retain(|size| *size > 0);
    sizes
}

fn data(size: usize) -> Vec<u8> {
    (0..size as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

#[test]
fn chunks_cover_the_data_and_keep_the_bounds() {
    for size in sizes() {
        for split in [Split::Ceil, Split::Floor] {
            let chunks = chunks(size, split);
            assert_eq!((chunks[0].min, chunks.last().unwrap().max), (0, size));
            assert!(chunks.windows(2).all(|pair| pair[0].max == pair[1].min));
            assert!(chunks.iter().all(|chunk| chunk.max - chunk.min <= CHUNK_LEN_MAX), "{size}");
            let small = chunks.iter().filter(|chunk| chunk.max - chunk.min < CHUNK_LEN_MIN).count();
            let exact = size % CHUNK_LEN_MAX == 0;
            assert_eq!(small, usize::from(exact || size < CHUNK_LEN_MIN), "{size}");
        }
    }
    assert!(chunks(0, Split::Ceil).is_empty() && root(&[], Split::Ceil).is_none());
}

#[test]
fn roots_match_their_data_and_nothing_else() {
    for size in sizes() {
        let mut data = data(size);
        let (ceil, floor) = (root(&data, Split::Ceil).unwrap(), root(&data, Split::Floor).unwrap());
        assert!(matches(&data, &ceil) && matches(&data, &floor));
        data[size / 2] ^= 1;
        assert!(!matches(&data, &ceil) && !matches(&data, &floor), "{size}");
    }
    assert!(!matches(&[], &[0; 32]));
}

#[test]
fn every_proof_holds_for_its_own_chunk_only() {
    for size in sizes().into_iter().step_by(3) {
        let data = data(size);
        for split in [Split::Ceil, Split::Floor] {
            let root = root(&data, split).unwrap();
            let proofs: Vec<_> = proofs(&data, split).into_iter().filter(|p| p.chunk.min < p.chunk.max).collect();
            for (index, proof) in proofs.iter().enumerate() {
                let chunk = &data[proof.chunk.min..proof.chunk.max];
                for offset in [proof.chunk.min, proof.offset()] {
                    assert!(verify_chunk(&root, size, offset, &proof.path, chunk));
                }
                assert!(!verify_chunk(&root, size, proof.offset(), &proof.path, &chunk[1..]));
                assert!(!verify_chunk(&root, size + 1, size, &proof.path, chunk));
                let neighbour = proofs[(index + 1) % proofs.len()].offset();
                let elsewhere = verify_path(&root, size, neighbour, &proof.path);
                assert_eq!(elsewhere.is_some(), proofs.len() == 1, "{size} {index}");
            }
        }
    }
}

#[test]
fn a_path_changed_anywhere_fails() {
    let size = 3 * CHUNK_LEN_MAX + 50_000;
    let data = data(size);
    let root = root(&data, Split::Ceil).unwrap();
    let proof = &proofs(&data, Split::Ceil)[1];
    for index in 0..proof.path.len() {
        let mut path = proof.path.clone();
        path[index] ^= 1;
        assert!(verify_path(&root, size, proof.offset(), &path).is_none(), "byte {index}");
        assert!(verify_path(&root, size, proof.offset(), &proof.path[..index]).is_none(), "{index} bytes");
    }
    assert!(verify_path(&root, 0, 0, &proof.path).is_none());
    assert!(verify_path(&[0; 32], size, proof.offset(), &proof.path).is_none());
}
