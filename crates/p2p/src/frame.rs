//! One message and its acknowledgement on a stream of their own.
//!
//! A request is its length (4 bytes, big endian, 1 to [`MESSAGE_LEN_MAX`]), that many bytes, and the end of the stream; an
//! answer is one byte and the end. Anything else is malformed, and its stream is closed. The library tells nobody of a request
//! that its codec refuses, so that here a malformed one is a value, which can be counted.

use crate::config::MESSAGE_LEN_MAX;
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use libp2p::StreamProtocol;
use libp2p::request_response::Codec;
use std::io;

/// What became of a message at the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It waits in the receiver's queue.
    Taken,
    /// The queue for this sender is full.
    Busy,
    /// The sender sends too much.
    TooFast,
}

/// What came on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// A message.
    Message(Vec<u8>),
    /// Something else. Never sent.
    Malformed,
}

/// The codec.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Frames;

impl Answer {
    const fn byte(self) -> u8 {
        match self {
            Self::Taken => 0x01,
            Self::Busy => 0x02,
            Self::TooFast => 0x03,
        }
    }

    fn from_byte(byte: u8) -> io::Result<Self> {
        let all = [Self::Taken, Self::Busy, Self::TooFast];
        all.into_iter().find(|answer| answer.byte() == byte).ok_or_else(|| malformed("unknown answer"))
    }
}

/// Whether an error of a stream is a fault of what was sent, not of the way.
fn is_malformed(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

async fn expect_end<T: AsyncRead + Unpin + Send>(io: &mut T) -> io::Result<()> {
    match io.read(&mut [0]).await? {
        0 => Ok(()),
        _ => Err(malformed("bytes after the end")),
    }
}

async fn read_message<T: AsyncRead + Unpin + Send>(io: &mut T) -> io::Result<Vec<u8>> {
    let mut head = [0; 4];
    io.read_exact(&mut head).await?;
    let len = usize::try_from(u32::from_be_bytes(head)).map_err(|_| malformed("message too long"))?;
    if !(1..=MESSAGE_LEN_MAX).contains(&len) {
        return Err(malformed("message of a length that is not allowed"));
    }
    let mut bytes = vec![0; len];
    io.read_exact(&mut bytes).await?;
    expect_end(io).await?;
    Ok(bytes)
}

async fn write_message<T: AsyncWrite + Unpin + Send>(io: &mut T, bytes: &[u8]) -> io::Result<()> {
    let len = u32::try_from(bytes.len()).map_err(|_| malformed("message too long"))?;
    io.write_all(&len.to_be_bytes()).await?;
    io.write_all(bytes).await
}

impl Codec for Frames {
    type Protocol = StreamProtocol;
    type Request = Request;
    type Response = Answer;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Request>
    where
        T: AsyncRead + Unpin + Send,
    {
        match read_message(io).await {
            Ok(bytes) => Ok(Request::Message(bytes)),
            Err(error) if is_malformed(&error) => Ok(Request::Malformed),
            Err(error) => Err(error),
        }
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Answer>
    where
        T: AsyncRead + Unpin + Send,
    {
        let mut byte = [0; 1];
        io.read_exact(&mut byte).await?;
        let answer = Answer::from_byte(byte[0])?;
        expect_end(io).await?;
        Ok(answer)
    }

    async fn write_request<T>(&mut self, _: &StreamProtocol, io: &mut T, request: Request) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        match request {
            Request::Message(bytes) => write_message(io, &bytes).await,
            Request::Malformed => Err(malformed("not a message")),
        }
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, answer: Answer) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        io.write_all(&[answer.byte()]).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use futures::executor::block_on;
    use futures::io::Cursor;

    const PROTOCOL: StreamProtocol = StreamProtocol::new("/test");

    fn read(bytes: &[u8]) -> Request {
        block_on(Frames.read_request(&PROTOCOL, &mut Cursor::new(bytes))).unwrap()
    }

    fn written(message: &[u8]) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        block_on(Frames.write_request(&PROTOCOL, &mut out, Request::Message(message.to_vec()))).unwrap();
        out.into_inner()
    }

    #[test]
    fn a_message_of_every_allowed_length_reads_back() {
        for len in [1, 2, 255, 256, MESSAGE_LEN_MAX] {
            let message = vec![7; len];
            assert_eq!(read(&written(&message)), Request::Message(message));
        }
    }

    #[test]
    fn what_has_another_length_than_it_says_is_malformed() {
        let good = written(b"abc");
        let longer = [good.as_slice(), b"d"].concat();
        let huge = u32::MAX.to_be_bytes();
        let too_long = written(&vec![7; MESSAGE_LEN_MAX + 1]);
        let cases: [(&str, &[u8]); 7] = [
            ("nothing", &[]),
            ("half a length", &good[..3]),
            ("a length alone", &good[..4]),
            ("a byte less", &good[..6]),
            ("a byte more", &longer),
            ("no message", &[0, 0, 0, 0]),
            ("a length of four gigabytes", &huge),
        ];
        for (what, bytes) in cases.into_iter().chain([("a byte over the bound", too_long.as_slice())]) {
            assert_eq!(read(bytes), Request::Malformed, "{what}");
        }
    }

    #[test]
    fn answers_are_exactly_one_known_byte() {
        let read = |bytes: &[u8]| block_on(Frames.read_response(&PROTOCOL, &mut Cursor::new(bytes)));
        for answer in [Answer::Taken, Answer::Busy, Answer::TooFast] {
            assert_eq!(read(&[answer.byte()]).unwrap(), answer);
        }
        for bad in [&[][..], &[0], &[4], &[1, 1]] {
            assert!(is_malformed(&read(bad).unwrap_err()), "{bad:?}");
        }
    }
}
