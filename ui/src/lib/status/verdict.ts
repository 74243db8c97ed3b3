// The sentence that opens the Overview: what is the case, and what that means for what stands below. Pure.

import type { Status } from '$lib/api';
import { count, sentences } from '$lib/format/say';
import { m } from '$lib/paraglide/messages';
import { unfinishedReason, type LinkState } from './heartbeat';

export interface Verdict {
  title: string;
  scope: string;
  /** True only when nothing at all is wrong or open. */
  fine: boolean;
}

export function verdict(status: Status | null, link: LinkState): Verdict {
  if (link.link === 'lost') return { title: m.verdict_lost(), scope: m.verdict_lost_scope(), fine: false };
  if (status === null || status.watching === 'starting')
    return { title: m.verdict_starting(), scope: m.verdict_starting_scope(), fine: false };
  const batch = count(status.lastBatch ?? 0);
  const bad = (title: string, scope: string): Verdict => ({ title, scope, fine: false });
  switch (status.watching) {
    case 'fraudProven':
      return bad(m.verdict_fraud(), replayed(status));
    case 'vaultShort':
      return bad(m.verdict_vault_short(), sentences(m.verdict_vault_short_scope(), replayed(status)));
    case 'sourcesDisagree':
      return bad(m.verdict_disagree(), m.verdict_disagree_scope({ batch }));
    case 'noSource':
      return bad(m.verdict_no_source(), m.verdict_no_source_scope({ batch }));
    case 'unfinished':
      return bad(
        m.verdict_unfinished(),
        m.verdict_unfinished_scope({ reason: unfinishedReason(status.unfinished?.code ?? ''), batch }),
      );
    case 'catchingUp':
      return bad(
        m.verdict_catching_up(),
        m.verdict_catching_up_scope({ batch, left: count(status.lagBatches), n: status.lagBatches }),
      );
    case 'coordinatorSilent':
      return bad(m.verdict_silent(), m.verdict_silent_scope());
    case 'watching':
      return watching(status);
  }
}

function watching(status: Status): Verdict {
  if (status.coordinator === 'otherRoot')
    return { title: m.verdict_other_root(), scope: m.verdict_other_root_scope(), fine: false };
  if (status.halted.length > 0)
    return {
      title: m.verdict_halted(),
      scope: sentences(m.verdict_halted_scope(), replayed(status)),
      fine: false,
    };
  if (status.batches === 0)
    return { title: m.verdict_nothing(), scope: m.verdict_nothing_scope(), fine: false };
  if (status.unsettled > 0)
    return {
      title: m.verdict_unsettled(),
      scope: sentences(
        replayed(status),
        m.verdict_unsettled_scope({ left: count(status.unsettled), n: status.unsettled }),
      ),
      fine: false,
    };
  return { title: m.verdict_fine(), scope: replayed(status), fine: true };
}

/** What was replayed, and how many broke a rule. */
function replayed(status: Status): string {
  const parts = {
    batches: count(status.batches),
    b: status.batches,
    transactions: count(status.transactions),
    t: status.transactions,
  };
  if (status.rejected === 0) return m.replayed_clean(parts);
  return m.replayed_rejected({ ...parts, rejected: count(status.rejected) });
}
