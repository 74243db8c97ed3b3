//! What comes from the swarm.

use super::behaviour::BehaviourEvent;
use super::driver::{Driver, Waiting};
use crate::address::from_multiaddr;
use crate::conduct::Verdict;
use crate::error::SendError;
use crate::frame::{Answer, Request};
use crate::identity::PeerId;
use crate::mailbox::Via;
use crate::presence::Trouble;
use libp2p::gossipsub::{self, Message, MessageAcceptance};
use libp2p::request_response::{self, OutboundFailure, OutboundRequestId, ResponseChannel};
use libp2p::swarm::{DialError, SwarmEvent};
use libp2p::{core::ConnectedPoint, ping};

type Direct = request_response::Event<Request, Answer>;

impl Driver {
    pub(crate) fn arrived(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Direct(event)) => self.direct(event),
            SwarmEvent::Behaviour(BehaviourEvent::Gossip(event)) => self.gossip(event),
            SwarmEvent::Behaviour(BehaviourEvent::Ping(event)) => self.pinged(&event),
            SwarmEvent::ConnectionEstablished { peer_id, endpoint, .. } => self.connected(&peer_id, &endpoint),
            SwarmEvent::ConnectionClosed { peer_id, num_established: 0, .. } => {
                if let Some(id) = PeerId::from_libp2p(&peer_id)
                    && self.links.get(&id).is_some_and(super::link::Link::is_connected)
                {
                    self.lost(id, false);
                }
            }
            SwarmEvent::OutgoingConnectionError { peer_id: Some(peer), error, .. } => {
                tracing::debug!(%peer, %error, "a dial came to nothing");
                if let Some(id) = PeerId::from_libp2p(&peer) {
                    self.dial_failed(id, trouble(&error));
                }
            }
            SwarmEvent::IncomingConnectionError { error, .. } => {
                tracing::debug!(%error, "a connection was turned away");
                self.strangers = self.strangers.saturating_add(1);
            }
            SwarmEvent::NewListenAddr { address, .. } => {
                self.listening.extend(from_multiaddr(&address));
                self.publish();
            }
            SwarmEvent::ExpiredListenAddr { address, .. } => {
                if let Some(socket) = from_multiaddr(&address) {
                    self.listening.remove(&socket);
                }
            }
            SwarmEvent::ListenerClosed { addresses, .. } => {
                tracing::warn!(?addresses, "a listening socket closed");
                for socket in addresses.iter().filter_map(from_multiaddr) {
                    self.listening.remove(&socket);
                }
            }
            _ => {}
        }
    }

    fn connected(&mut self, peer: &libp2p::PeerId, endpoint: &ConnectedPoint) {
        let now_ms = self.now_ms();
        let Some(id) = PeerId::from_libp2p(peer) else { return };
        let Some(link) = self.links.get_mut(&id) else { return };
        link.connected(endpoint.is_dialer(), &self.parts.limits, now_ms);
        // Connecting over and over costs us handshakes.
        if endpoint.is_listener() && link.conduct.fault(now_ms) == Verdict::ShutOut {
            self.shut_out(id);
        }
    }

    fn pinged(&mut self, event: &ping::Event) {
        let Some(id) = PeerId::from_libp2p(&event.peer) else { return };
        match event.result {
            Ok(rtt) => {
                self.seen(id);
                if let Some(link) = self.links.get_mut(&id) {
                    link.rtt_ms = Some(super::link::ms(rtt));
                }
            }
            // One dead connection beside a live one would swallow every other message.
            Err(_) => {
                self.parts.swarm.close_connection(event.connection);
            }
        }
    }

    fn direct(&mut self, event: Direct) {
        use request_response::{Event, Message};
        match event {
            Event::Message { peer, message: Message::Request { request, channel, .. }, .. } => {
                match (PeerId::from_libp2p(&peer), request) {
                    (Some(from), Request::Message(bytes)) => self.message(from, bytes, channel),
                    // Without an answer the stream is closed.
                    (Some(from), Request::Malformed) => self.malformed(from),
                    (None, _) => {}
                }
            }
            Event::Message { message: Message::Response { request_id, response }, .. } => {
                self.answered(request_id, response);
            }
            Event::OutboundFailure { request_id, error, .. } => self.unanswered(request_id, &error),
            Event::InboundFailure { .. } | Event::ResponseSent { .. } => {}
        }
    }

    fn message(&mut self, from: PeerId, bytes: Vec<u8>, channel: ResponseChannel<Answer>) {
        self.seen(from);
        let answer = match self.judge(from, bytes.len()) {
            Some(Verdict::Take) => self.take(from, Via::Direct, bytes),
            Some(Verdict::Refuse) => Answer::TooFast,
            // The connection is closed; nobody waits for an answer.
            Some(Verdict::ShutOut) | None => return,
        };
        // The sender may have gone.
        let _ = self.parts.swarm.behaviour_mut().direct.send_response(channel, answer);
    }

    fn take(&mut self, from: PeerId, via: Via, bytes: Vec<u8>) -> Answer {
        let room = self.parts.mailbox.offer(from, via, bytes);
        if let Some(link) = self.links.get_mut(&from) {
            let counter = if room { &mut link.counters.taken } else { &mut link.counters.refused };
            *counter = counter.saturating_add(1);
        }
        if room { Answer::Taken } else { Answer::Busy }
    }

    /// What to do with a message of a peer; nothing when it is not in the roster any more.
    fn judge(&mut self, from: PeerId, len: usize) -> Option<Verdict> {
        let now_ms = self.now_ms();
        let link = self.links.get_mut(&from)?;
        let verdict = link.conduct.message(now_ms, len);
        if verdict != Verdict::Take {
            link.counters.refused = link.counters.refused.saturating_add(1);
        }
        if verdict == Verdict::ShutOut {
            self.shut_out(from);
        }
        Some(verdict)
    }

    fn malformed(&mut self, from: PeerId) {
        let now_ms = self.now_ms();
        let Some(link) = self.links.get_mut(&from) else { return };
        link.counters.malformed = link.counters.malformed.saturating_add(1);
        if link.conduct.fault(now_ms) == Verdict::ShutOut {
            self.shut_out(from);
        }
    }

    fn answered(&mut self, request: OutboundRequestId, answer: Answer) {
        let Some(Waiting { to, reply }) = self.waiting.remove(&request) else { return };
        self.seen(to);
        let result = match answer {
            Answer::Taken => Ok(()),
            Answer::Busy => Err(SendError::Busy(to)),
            Answer::TooFast => Err(SendError::TooFast(to)),
        };
        self.settle(to, result.is_ok());
        // The caller may no longer wait.
        let _ = reply.send(result);
    }

    fn unanswered(&mut self, request: OutboundRequestId, error: &OutboundFailure) {
        let Some(Waiting { to, reply }) = self.waiting.remove(&request) else { return };
        tracing::debug!(peer = %to, %error, "not acknowledged");
        self.settle(to, false);
        let result = match error {
            OutboundFailure::DialFailure => SendError::NotConnected(to),
            _ => SendError::Unacknowledged(to),
        };
        let _ = reply.send(Err(result));
    }

    fn settle(&mut self, to: PeerId, acknowledged: bool) {
        if let Some(link) = self.links.get_mut(&to) {
            link.in_flight = link.in_flight.saturating_sub(1);
            let counters = &mut link.counters;
            let counter = if acknowledged { &mut counters.acknowledged } else { &mut counters.unacknowledged };
            *counter = counter.saturating_add(1);
        }
    }

    fn gossip(&mut self, event: gossipsub::Event) {
        let gossipsub::Event::Message { propagation_source, message_id, message } = event else { return };
        if let Some(source) = PeerId::from_libp2p(&propagation_source) {
            self.seen(source);
        }
        // Who sends too much is not passed on; what only we have no room for is.
        let acceptance =
            if self.take_broadcast(message) { MessageAcceptance::Accept } else { MessageAcceptance::Ignore };
        let gossip = &mut self.parts.swarm.behaviour_mut().gossip;
        gossip.report_message_validation_result(&message_id, &propagation_source, acceptance);
    }

    fn take_broadcast(&mut self, message: Message) -> bool {
        let Some(author) = message.source.as_ref().and_then(PeerId::from_libp2p) else { return false };
        let Some(topic) = self.parts.topics.name(&message.topic).cloned() else { return false };
        let taken = self.judge(author, message.data.len()) == Some(Verdict::Take);
        if taken {
            self.take(author, Via::Topic(topic), message.data);
        }
        taken
    }

    fn seen(&mut self, id: PeerId) {
        let now_ms = self.now_ms();
        if self.links.get_mut(&id).is_some_and(|link| link.seen(now_ms)) {
            self.parts.mailbox.tell(id, true);
            self.publish();
        }
    }
}

fn trouble(error: &DialError) -> Option<Trouble> {
    match error {
        DialError::WrongPeerId { .. } | DialError::LocalPeerId { .. } => Some(Trouble::OtherIdentity),
        DialError::Transport(_) | DialError::NoAddresses => Some(Trouble::Unreachable),
        DialError::DialPeerConditionFalse(_) | DialError::Aborted | DialError::Denied { .. } => None,
    }
}
