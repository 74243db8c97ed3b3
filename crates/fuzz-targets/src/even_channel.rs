//! EVEN: what channels carry. Whoever holds no key can make nothing that is read.

use crate::Target;
use even::channel::{Frame, Invitation, Mode, Reader, ReaderSecret, Secret, Writer};
use even::ids::Address;
use zeroize::Zeroizing;

pub(crate) const TARGETS: &[Target] =
    &[Target::new("even_frame", frame, frames, 2_000), Target::new("even_invitation", invitation, invitations, 300)];

const MODES: [Mode; 3] = [Mode::Public, Mode::Private, Mode::Restricted];

fn writer() -> Writer {
    Writer::new(&Secret::new(Zeroizing::new([1; 32])))
}

fn written() -> Vec<Frame> {
    let write = |mode| writer().write(mode, b"what is said in the channel").expect("short content fits");
    MODES.map(write).to_vec()
}

/// Parsing puts padding back and changes nothing else; what opens is one of the owner's frames, byte for byte.
fn frame(bytes: &[u8]) -> bool {
    let writer = writer();
    let mut reader = Reader::new(writer.channel(), writer.ratchet().clone());
    let Ok(frame) = Frame::parse(reader.address(), bytes) else { return false };
    let (kept, padding) = frame.bytes().split_at(bytes.len());
    assert!(kept == bytes && padding.iter().all(|byte| *byte == 0));
    assert_eq!(Frame::parse(frame.address, frame.bytes()).as_ref(), Ok(&frame));
    let at = reader.n();
    let opened = reader.read(&frame);
    assert_eq!(opened.is_ok(), written().contains(&frame), "a frame that the owner did not write");
    assert_eq!(reader.n(), at + u64::from(opened.is_ok()), "a refusal changes nothing");
    let elsewhere = Frame::parse(Address([0; 32]), bytes).map(|frame| frame.bytes().len());
    assert_eq!(elsewhere, Ok(frame.bytes().len()));
    opened.is_ok()
}

fn frames() -> Vec<Vec<u8>> {
    written().iter().map(|frame| frame.bytes().to_vec()).collect()
}

/// Only the owner's own invitation opens.
fn invitation(bytes: &[u8]) -> bool {
    let Ok(invitation) = Invitation::parse(bytes) else { return false };
    assert_eq!(invitation.bytes(), bytes);
    let genuine = invitations();
    let opened = invitation.open(&reader());
    assert_eq!(opened.is_ok(), genuine.iter().any(|genuine| genuine == bytes), "an invitation that nobody made");
    opened.is_ok_and(|reader| reader.address() == writer().ratchet().message_key().address())
}

fn reader() -> ReaderSecret {
    ReaderSecret::from_seed(&Zeroizing::new([2; 32]))
}

fn invitations() -> Vec<Vec<u8>> {
    let made = writer().invite(&reader().id(), Zeroizing::new([3; 32]));
    vec![made.expect("a key that somebody has").bytes().to_vec()]
}
