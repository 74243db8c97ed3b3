//! Reading our own fixed formats: nothing missing, nothing left over.

use crate::error::FormatError;
use crate::party::Party;

/// A cursor over foreign bytes.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], FormatError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(FormatError::Length)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        self.take(N)?.try_into().map_err(|_| FormatError::Length)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, FormatError> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    pub(crate) fn u16(&mut self) -> Result<u16, FormatError> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, FormatError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    pub(crate) fn party(&mut self) -> Result<Party, FormatError> {
        Party::new(self.u16()?)
    }

    /// The name and version at the head of a format.
    pub(crate) fn head(&mut self, magic: [u8; 4], version: u8) -> Result<(), FormatError> {
        if self.array::<4>()? != magic {
            return Err(FormatError::Magic);
        }
        let got = self.u8()?;
        if got == version { Ok(()) } else { Err(FormatError::Version { version: got }) }
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn end(self) -> Result<(), FormatError> {
        if self.0.is_empty() { Ok(()) } else { Err(FormatError::Length) }
    }
}
