//! Set `channel`: section 10.

use super::case::Case;
use even::channel::{Content, Frame, Mode, Reader, Secret, Writer};

pub(super) fn frame(case: &Case<'_>) -> Result<(), String> {
    let mut writer = Writer::new(&Secret::new(case.array("secret")?.into()));
    let (n, content) = (case.number("n")?, case.hex("content")?);
    let mode = Mode::of(case.number("mode")?).ok_or("no such mode")?;
    writer.skip_to(n);
    let mut reader = Reader::new(writer.channel(), writer.ratchet().clone());
    let key = writer.ratchet().message_key();
    case.expect_hex("channel", writer.channel().0)?;
    case.expect_hex("ck", writer.ratchet().chain_key())?;
    case.expect_hex("mk", key.key())?;
    case.expect_hex("address", key.address().0)?;
    case.expect_hex("sig", writer.signature(mode, &content))?;
    let frame = writer.write(mode, &content).map_err(|error| error.to_string())?;
    case.expect_hex("frame", frame.bytes())?;
    case.expect_hex("next_ck", writer.ratchet().chain_key())?;
    let found = Frame::parse(reader.address(), &case.hex("frame")?).map_err(|error| error.to_string())?;
    let read = reader.read(&found).map_err(|error| error.to_string())?;
    if read == (Content { n, mode, bytes: content }) { Ok(()) } else { Err("it reads as something else".into()) }
}
