// Sessions of signing in the queue of a watchman. Pure.

import type { CeremoniesView, SessionRow } from '$lib/api';
import { goesOn } from './words';

/** Those that a person here should see: asked or on their way, and signed ones that the chain does not have. */
export function openSessions(sessions: readonly SessionRow[]): SessionRow[] {
  return sessions.filter(({ state }) => state === 'asked' || state === 'approved' || state === 'signed');
}

/** Ceremonies in which somebody has something to do, here or elsewhere. */
export function openCeremonies({ ceremonies }: Pick<CeremoniesView, 'ceremonies'>): number {
  return ceremonies.filter(({ state, myTurn }) => goesOn(state) || myTurn).length;
}
