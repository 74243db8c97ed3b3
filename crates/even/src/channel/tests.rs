#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::ids::{MessageId, Network, NodeId, Tag};
use crate::message::{Attachment, Payment, check};
use crate::transaction::Branches;
use crate::units::Time;

fn secret(byte: u8) -> Secret {
    Secret::new(Zeroizing::new([byte; 32]))
}

fn pair() -> (Writer, Reader) {
    let writer = Writer::new(&secret(1));
    let reader = Reader::new(writer.channel(), writer.ratchet().clone());
    (writer, reader)
}

#[test]
fn rule_10_2_who_is_admitted_reads_from_there_on_and_nothing_before() {
    let mut writer = Writer::new(&secret(1));
    let before = writer.write(Mode::Restricted, b"before").unwrap();
    let mut reader = Reader::new(writer.channel(), writer.ratchet().clone());
    let after = writer.write(Mode::Restricted, b"after").unwrap();
    assert_eq!(reader.read(&before), Err(FrameError::Sealed));
    assert_eq!(reader.address(), after.address);
    let content = Content { n: 1, mode: Mode::Restricted, bytes: b"after".to_vec() };
    assert_eq!(reader.read(&after), Ok(content));
    assert_eq!(reader.read(&after), Err(FrameError::Sealed), "its key is gone");
}

#[test]
fn rule_10_2_a_reader_cannot_write() {
    let (writer, mut reader) = pair();
    // The reader knows every key of the position, and signs with a key of its own.
    let signature = Writer::new(&secret(2)).signature(Mode::Private, b"forged");
    let forged = Frame::seal(&writer.ratchet().message_key(), Mode::Private, &signature, b"forged");
    assert_eq!(reader.read(&forged), Err(FrameError::Signature));
}

#[test]
fn rule_10_3_every_altered_bit_is_refused() {
    let (mut writer, mut reader) = pair();
    let frame = writer.write(Mode::Private, b"text").unwrap();
    for bit in 0..frame.bytes().len() * 8 {
        let mut bytes = frame.bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let read = Frame::parse(frame.address, &bytes).and_then(|frame| reader.read(&frame));
        assert!(read.is_err(), "bit {bit}");
    }
    assert!(reader.read(&frame).is_ok(), "refusals change nothing");
}

#[test]
fn rule_10_4_a_public_channel_is_read_by_its_name() {
    let frame = Writer::new(&Secret::public("news")).write(Mode::Public, b"x").unwrap();
    let (of_name, other) = (Writer::new(&Secret::public("news")), Writer::new(&Secret::public("other")));
    assert!(Reader::new(of_name.channel(), of_name.ratchet().clone()).read(&frame).is_ok());
    assert!(Reader::new(other.channel(), other.ratchet().clone()).read(&frame).is_err());
}

#[test]
fn rule_10_4_a_frame_travels_in_the_fragments_of_a_message() {
    let (mut writer, mut reader) = pair();
    // Among 300 messages there is one whose sealed form ends with a zero byte.
    for round in 0..300 {
        let content = vec![7; if round == 0 { 3000 } else { 5 }];
        let frame = writer.write(Mode::Private, &content).unwrap();
        let data = Payment {
            network: Network::LOCAL,
            time: Time(0),
            tag: Tag::default(),
            outputs: vec![frame.output()],
            fees: vec![],
            inputs: vec![],
            remainder: None,
        };
        let branches = Branches::new(&[MessageId([1; 32])]).unwrap();
        let to = Attachment { issuer: NodeId([2; 32]), trunk: None, branches };
        let linked = data.compose().unwrap().finalise().sign(|_| None).unwrap().attach(&to);
        let message = check(&linked.with_counter(0).encode(), Network::LOCAL, 0).unwrap();
        assert_eq!(message.transactions().len(), frame.bytes().len().div_ceil(1024));
        let found = Frame::parse(message.head().address, &message.data(0)).unwrap();
        assert_eq!(reader.read(&found).unwrap().bytes, content);
    }
}

#[test]
fn rule_10_3_what_is_no_frame_is_refused() {
    let (mut writer, _) = pair();
    let good = writer.write(Mode::Private, b"").unwrap();
    let address = good.address;
    assert_eq!(Frame::parse(address, good.bytes()), Ok(good.clone()));
    for (at, byte) in [(0, 2), (1, 3), (2, 1), (3, 1), (4, 79), (6, 255)] {
        let mut bytes = good.bytes().to_vec();
        bytes[at] = byte;
        assert_eq!(Frame::parse(address, &bytes), Err(FrameError::Form), "byte {at}");
    }
    assert_eq!(Frame::parse(address, &[1, 1, 0]), Err(FrameError::Form));
    assert_eq!(writer.write(Mode::Private, &vec![0; CONTENT_MAX + 1]), Err(FrameError::Long(CONTENT_MAX + 1)));
    assert_eq!(writer.write(Mode::Private, &vec![0; CONTENT_MAX]).unwrap().bytes().len(), 65_536);
}
