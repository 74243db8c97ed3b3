//! The echo: everybody repeats to everybody what each author signed in a round, as (hash, signature). Two hashes that one
//! author signed for one round are proof of equivocation; a signature that is none is proof against who passed it on.

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};

use super::minutes::{Blame, Evidence, Minutes, Signed};
use super::room::Room;
use super::{Failure, Judgement};
use crate::error::Charge;
use crate::party::Party;
use crate::wire::{Head, Outgoing};

/// Bytes of an echo of so many authors.
pub(crate) fn length(authors: usize) -> usize {
    authors * 96
}

impl Room {
    /// What this participant heard in a round, author by author; none while somebody is missing.
    fn echo(&self, round: u8, authors: &[Party]) -> Option<Vec<u8>> {
        let mut body = Vec::with_capacity(length(authors.len()));
        for author in authors {
            let message = self.said(round, *author)?;
            body.extend(message.hash());
            body.extend(message.signature);
        }
        Some(body)
    }

    /// Tells everybody what this participant heard in a round that is complete.
    pub(crate) fn tell_echo<R: RngCore + CryptoRng>(
        &mut self,
        echo_round: u8,
        round: u8,
        authors: &[Party],
        rng: &mut R,
    ) -> Result<Outgoing, Failure> {
        let echo = self.echo(round, authors).ok_or(Failure::Library)?;
        Ok(self.tell_all(echo_round, echo, rng))
    }

    /// Compares the echoes of all others; names everybody they convict.
    pub(crate) fn compare_all(&self, echo_round: u8, round: u8, authors: &[Party]) -> Vec<Blame> {
        let echoes = self.others().filter_map(|party| self.said(echo_round, party));
        echoes.filter_map(|echo| self.minutes.compare(echo, round, authors).err()).collect()
    }
}

impl Minutes {
    /// Compares an echo with what this participant heard.
    fn compare(&self, echo: &Signed, round: u8, authors: &[Party]) -> Result<(), Blame> {
        for (author, entry) in authors.iter().zip(echo.body.chunks_exact(96)) {
            let Some(mine) = self.said(round, *author) else { continue };
            let (hash, signature) = split(entry);
            if hash == mine.hash() && signature == mine.signature {
                continue;
            }
            let head = Head { round, from: *author, to: None, scope: self.scope };
            if !self.signed_by(&head, &hash, &signature) {
                let evidence = Evidence::Message(echo.clone());
                return Err(Blame::new(echo.head.from, Charge::Echo, evidence));
            }
            if hash != mine.hash() {
                let evidence = Evidence::Pair(head, [(mine.hash(), mine.signature), (hash, signature)]);
                return Err(Blame::new(*author, Charge::Equivocation, evidence));
            }
        }
        Ok(())
    }

    /// Whether an echo holds only what its authors signed.
    pub(crate) fn judge_echo(&self, echo: &Signed, round: u8, authors: &[Party]) -> Judgement {
        let honest = authors.iter().zip(echo.body.chunks_exact(96)).all(|(author, entry)| {
            let (hash, signature) = split(entry);
            self.signed_by(&Head { round, from: *author, to: None, scope: self.scope }, &hash, &signature)
        });
        Judgement::unless(Some(honest), Charge::Echo)
    }
}

/// Whether an echo repeats a message.
pub(crate) fn repeats(echo: &Signed, place: usize, message: &Signed) -> bool {
    echo.body.chunks_exact(96).nth(place).is_some_and(|entry| split(entry).0 == message.hash())
}

fn split(entry: &[u8]) -> ([u8; 32], [u8; 64]) {
    let (mut hash, mut signature) = ([0; 32], [0; 64]);
    hash.copy_from_slice(&entry[..32]);
    signature.copy_from_slice(&entry[32..96]);
    (hash, signature)
}
