// Messages of the graph in words. "Final" is the only word for settled; "fast" is a hint. Pure.

import type { EvenMessage } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { latency } from '$lib/format/say';
import type { Face } from './words';
import { units } from './say';

export function statusFace(status: string): Face {
  switch (status) {
    case 'final':
      return { glyph: 'done', tone: 'verified', text: m.even_status_final() };
    case 'certified':
      return { glyph: 'progress', tone: 'wait', text: m.even_status_certified() };
    case 'fast':
      return { glyph: 'progress', tone: 'wait', text: m.even_status_fast() };
    case 'received':
      return { glyph: 'notYet', tone: 'neutral', text: m.even_status_received() };
    case 'rejected':
      return { glyph: 'crossed', tone: 'danger', text: m.even_status_rejected() };
    default:
      return { glyph: 'attention', tone: 'attention', text: status };
  }
}

/** What the status means for who reads it. */
export function statusMeaning(message: Pick<EvenMessage, 'status' | 'finalityMs'>): string {
  switch (message.status) {
    case 'final':
      return message.finalityMs === null
        ? m.even_meaning_final()
        : m.even_meaning_final_after({ duration: latency(message.finalityMs) });
    case 'certified':
      return m.even_meaning_certified();
    case 'fast':
      return m.even_meaning_fast();
    case 'rejected':
      return m.even_meaning_rejected();
    default:
      return m.even_meaning_received();
  }
}

export function messageKind(kind: string): string {
  switch (kind) {
    case 'payment':
      return m.even_message_payment();
    case 'data':
      return m.even_message_data();
    case 'stake':
      return m.even_message_stake();
    case 'epoch':
      return m.even_message_epoch();
    default:
      return kind;
  }
}

/** What a message is, with the amount that it moves. */
export function messageTitle({ kind, amount }: Pick<EvenMessage, 'kind' | 'amount'>): string {
  if (amount === null) return messageKind(kind);
  return m.even_message_amount({ kind: messageKind(kind), amount: units(amount) });
}
