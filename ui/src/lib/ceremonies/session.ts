// A session of signing: its sentence, its failure, and how it is approved without a window. Pure.

import type { SessionDetail } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { failureTitle } from './failure';
import { nameOf } from './words';

/** What the state means for the person who looks. */
export function sessionText(detail: SessionDetail): string {
  switch (detail.row.state) {
    case 'asked':
      return m.session_text_asked();
    case 'approved':
      return m.session_text_approved();
    case 'declined':
      return m.session_text_declined();
    case 'signed':
      return m.session_text_signed();
    case 'failed':
      return detail.failure === null
        ? m.session_text_failed()
        : failureTitle(detail.failure, (number) => nameOf(detail, number));
  }
}

/** The command that approves in a terminal: whoever types the words has read them on that surface. */
export function approveCommand({ secondSurface }: Pick<SessionDetail, 'secondSurface'>): string {
  return `${beside(secondSurface, 'approve')} --words "…"`;
}

/** The command that prints the signed transaction. */
export function resultCommand({ secondSurface }: Pick<SessionDetail, 'secondSurface'>): string {
  return beside(secondSurface, 'result');
}

/** Another command about the same session in the same data directory. */
function beside(secondSurface: string, command: string): string {
  return secondSurface.replace(' vault session ', ` vault ${command} `);
}
