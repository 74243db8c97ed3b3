//! Entry points of the fuzz targets for decoders that nobody else may call: foreign bytes in, a panic when a property is
//! broken, and whether they were accepted.

use crate::config::MESSAGE_LEN_MAX;
use crate::frame::{Frames, Request};
use futures::executor::block_on;
use futures::io::Cursor;
use libp2p::StreamProtocol;
use libp2p::request_response::Codec;

const PROTOCOL: StreamProtocol = StreamProtocol::new("/fuzz");

/// A stream with a message: it is within its bounds, and sending it again gives the same bytes.
#[must_use]
pub fn request(bytes: &[u8]) -> bool {
    let read = block_on(Frames.read_request(&PROTOCOL, &mut Cursor::new(bytes)));
    let Request::Message(message) = read.expect("memory does not fail") else { return false };
    assert!((1..=MESSAGE_LEN_MAX).contains(&message.len()), "a message out of bounds");
    let mut again = Cursor::new(Vec::new());
    block_on(Frames.write_request(&PROTOCOL, &mut again, Request::Message(message))).expect("memory does not fail");
    assert_eq!(again.into_inner(), bytes, "a message with two frames");
    true
}

/// A stream with an answer: sending it again gives the same byte.
#[must_use]
pub fn answer(bytes: &[u8]) -> bool {
    let Ok(answer) = block_on(Frames.read_response(&PROTOCOL, &mut Cursor::new(bytes))) else { return false };
    let mut again = Cursor::new(Vec::new());
    block_on(Frames.write_response(&PROTOCOL, &mut again, answer)).expect("memory does not fail");
    assert_eq!(again.into_inner(), bytes, "an answer with two forms");
    true
}
