// Payouts in words: states, what they wait for, what the policy said, who has signed. Pure.

import type { Reason } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import type { GlyphName, Tone } from '$lib/status/heartbeat';

export interface Face {
  glyph: GlyphName;
  tone: Tone;
  text: string;
}

const face = (glyph: GlyphName, tone: Tone, text: string): Face => ({ glyph, tone, text });

/** Where a payout stands. */
export function stateFace(state: string): Face {
  switch (state) {
    case 'seen':
      return face('progress', 'wait', m.payout_state_seen());
    case 'verified':
      return face('progress', 'wait', m.payout_state_verified());
    case 'held':
      return face('held', 'wait', m.payout_state_held());
    case 'awaiting':
      return face('progress', 'wait', m.payout_state_awaiting());
    case 'approved':
      return face('progress', 'wait', m.payout_state_approved());
    case 'intended':
      return face('progress', 'wait', m.payout_state_intended());
    case 'signed':
      return face('progress', 'wait', m.payout_state_signed());
    case 'quorum':
      return face('done', 'wait', m.payout_state_quorum());
    case 'submitted':
      return face('progress', 'wait', m.payout_state_submitted());
    case 'executed':
      return face('done', 'verified', m.payout_state_executed());
    case 'closed':
      return face('fact', 'verified', m.payout_state_closed());
    case 'refused':
      return face('off', 'neutral', m.payout_state_refused());
    case 'failed':
      return face('danger', 'danger', m.payout_state_failed());
    default:
      return face('notYet', 'neutral', m.payout_code({ code: state }));
  }
}

/** What keeps a payout from its signature. */
export function waitWords(code: string): string {
  switch (code) {
    case 'depth':
      return m.payout_waits_depth();
    case 'alerts_unknown':
      return m.payout_waits_alerts_unknown();
    case 'alert_open':
      return m.payout_waits_alert_open();
    case 'sources_unknown':
      return m.payout_waits_sources_unknown();
    case 'sources_disagree':
      return m.payout_waits_sources_disagree();
    case 'halted':
      return m.payout_waits_halted();
    case 'not_active':
      return m.payout_waits_not_active();
    case 'release_unknown':
      return m.payout_waits_release_unknown();
    case 'no_policy':
      return m.payout_waits_no_policy();
    case 'locked':
      return m.payout_waits_locked();
    default:
      return m.payout_code({ code });
  }
}

/** What the policy or a person said. The code is the first word; the core's own text stands for what has no words. */
export function verdictWords(verdict: string, state: string): string {
  switch (verdict.split(' ', 1)[0]) {
    case 'auto_up_to':
      return state === 'awaiting' ? m.payout_verdict_auto_up_to() : m.payout_verdict_auto();
    case 'auto':
      return m.payout_verdict_auto();
    case 'approved':
      return m.payout_verdict_person();
    case 'refused':
      return m.payout_verdict_refused();
    case 'failed':
      return m.payout_verdict_failed();
    case 'payout_max':
      return m.payout_verdict_payout_max();
    case 'window':
      return m.payout_verdict_window();
    case 'recipient_window':
      return m.payout_verdict_recipient_window();
    case 'delay':
      return m.payout_verdict_delay();
    case 'stopped':
      return m.payout_verdict_stopped();
    case 'token_not_listed':
      return m.payout_verdict_token_not_listed();
    case 'recipient_unreadable':
      return m.payout_verdict_recipient_unreadable();
    case 'recipient_denied':
      return m.payout_verdict_recipient_denied();
    case 'recipient_not_allowed':
      return m.payout_verdict_recipient_not_allowed();
    default:
      return verdict;
  }
}

/** Who decided what about a payout. */
export function decidedWords({ code, subject }: Reason): string {
  switch (code) {
    case 'approved':
      return m.payout_decided_approved({ who: subject });
    case 'auto':
      return m.payout_verdict_auto();
    case 'refused':
      return m.payout_decided_refused({ why: subject });
    case 'refused_by_policy':
      return verdictWords(subject, 'refused');
    case 'failed':
      return m.payout_decided_failed({ why: subject });
    default:
      return subject === '' ? m.payout_code({ code }) : m.payout_code_with({ code, subject });
  }
}

/** A step on the way to the payment. */
export function stepWords(code: string): string {
  switch (code) {
    case 'seen':
      return m.payout_step_seen();
    case 'verified':
      return m.payout_step_verified();
    case 'held':
      return m.payout_step_held();
    case 'awaiting':
      return m.payout_step_awaiting();
    case 'approved':
      return m.payout_step_approved();
    case 'intended':
      return m.payout_step_intended();
    case 'signed':
      return m.payout_step_signed();
    case 'quorum':
      return m.payout_step_quorum();
    case 'submitted':
      return m.payout_step_submitted();
    case 'executed':
      return m.payout_step_executed();
    default:
      return stateFace(code).text;
  }
}

/** Whether a watchman signed. */
export function signerFace(state: string): Face {
  switch (state) {
    case 'signed':
      return face('fact', 'verified', m.payout_signer_signed());
    case 'not_yet':
      return face('notYet', 'neutral', m.payout_signer_not_yet());
    case 'unreachable':
      return face('off', 'neutral', m.payout_signer_unreachable());
    case 'quarantine':
      return face('held', 'wait', m.payout_signer_quarantine());
    case 'accused':
      return face('danger', 'danger', m.payout_signer_accused());
    case 'not_owner':
      return face('off', 'attention', m.payout_signer_not_owner());
    default:
      return face('notYet', 'neutral', m.payout_code({ code: state }));
  }
}

/** What the vault is told to do. */
export function callWords(call: string): string {
  switch (call) {
    case 'coin':
      return m.payout_call_coin();
    case 'transfer':
      return m.payout_call_transfer();
    case 'mint':
      return m.payout_call_mint();
    default:
      return call;
  }
}
