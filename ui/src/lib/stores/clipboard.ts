import { m } from '$lib/paraglide/messages';
import { platform } from '$lib/platform';
import { toasts } from './toasts.svelte';

/** Copies a text and says so. */
export async function copyText(text: string): Promise<void> {
  try {
    await (await platform()).copy(text);
    toasts.say(m.chip_copied({ n: String(text.length) }));
  } catch {
    toasts.say(m.chip_copy_refused());
  }
}
