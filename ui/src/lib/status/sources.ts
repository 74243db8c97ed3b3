import { m } from '$lib/paraglide/messages';
import type { Beat } from './heartbeat';

/** What a source is doing, as glyph and words. */
export function sourceBeat(state: string): Omit<Beat, 'kind'> {
  switch (state) {
    case 'agrees':
      return { glyph: 'fact', tone: 'verified', sentence: m.source_agrees() };
    case 'behind':
      return { glyph: 'progress', tone: 'wait', sentence: m.source_behind() };
    case 'disagrees':
      return { glyph: 'crossed', tone: 'danger', sentence: m.source_disagrees() };
    case 'unreachable':
      return { glyph: 'off', tone: 'attention', sentence: m.source_unreachable() };
    case 'altered':
      return { glyph: 'danger', tone: 'danger', sentence: m.source_altered() };
    default:
      return { glyph: 'notYet', tone: 'neutral', sentence: m.source_unknown() };
  }
}
