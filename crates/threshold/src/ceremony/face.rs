//! What callers of every ceremony's machine see.

/// The face that all ceremonies show to their callers.
macro_rules! face {
    ($machine:ty, $outcome:ty) => {
        impl $machine {
            /// Takes a message that the carrier says `from` sent.
            ///
            /// # Errors
            /// A message that is refused changes nothing.
            pub fn receive<R: RngCore + CryptoRng>(
                &mut self,
                from: Party,
                bytes: &[u8],
                rng: &mut R,
            ) -> $crate::wire::Taken<$outcome> {
                $crate::ceremony::receive(self, from, bytes, rng)
            }

            /// Whom the round waits for; nobody at the end.
            #[must_use]
            pub fn waits_for(&self) -> Vec<Party> {
                if self.room.over { Vec::new() } else { self.missing() }
            }

            /// Who spoke in which round, as far as this participant hears; also after the end.
            #[must_use]
            pub fn progress(&self) -> Vec<$crate::progress::Round> {
                $crate::ceremony::progress(self)
            }

            /// The number of the round that is waited for.
            #[must_use]
            pub fn round(&self) -> u8 {
                Ceremony::round(self)
            }

            /// Whether this participant gave its word for new shares and does not know yet whether they are in force.
            #[must_use]
            pub fn in_doubt(&self) -> bool {
                !self.room.over && Ceremony::in_doubt(self)
            }

            /// Everything sent so far, for a carrier that lost something.
            #[must_use]
            pub fn resend(&self) -> Vec<Outgoing> {
                self.room.sent()
            }

            /// Ends the ceremony; names who did not answer, and says whether the result may be in force all the same. None if
            /// it ended before.
            pub fn give_up(&mut self) -> Option<Abort> {
                $crate::ceremony::give_up(self)
            }

            /// Ends the ceremony, with the message that tells the others so. None if it ended before, and in doubt: a word is
            /// not taken back.
            pub fn leave<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Option<Outgoing> {
                $crate::ceremony::leave(self, rng)
            }
        }
    };
}
pub(crate) use face;
