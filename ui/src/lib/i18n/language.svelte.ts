// The language of the page. Messages read it each time they are spoken, so a switch needs no reload.

import { baseLocale, locales, overwriteGetLocale, type Locale } from '$lib/paraglide/runtime';

export type Choice = Locale | 'system';

const KEY = 'everwatch.language';

function kept(): Choice {
  try {
    const value = localStorage.getItem(KEY);
    return locales.find((locale) => locale === value) ?? 'system';
  } catch {
    return 'system';
  }
}

/** The first language of the system that we speak. */
export function fromSystem(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const main = tag.toLowerCase().split('-')[0];
    if (main === 'zh') return 'zh-Hans';
    if (main === 'en') return 'en';
  }
  return baseLocale;
}

class Language {
  choice = $state<Choice>('system');
  current = $state<Locale>(baseLocale);

  start(): void {
    overwriteGetLocale(() => this.current);
    this.#apply(kept());
  }

  choose(choice: Choice): void {
    try {
      if (choice === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch {
      // No storage: the choice lasts as long as the page.
    }
    this.#apply(choice);
  }

  #apply(choice: Choice): void {
    this.choice = choice;
    this.current = choice === 'system' ? fromSystem(navigator.languages) : choice;
    document.documentElement.lang = this.current;
  }
}

/** The language as the core names it. */
export function coreLanguage(locale: Locale): string {
  return locale === 'zh-Hans' ? 'zh' : 'en';
}

export const language = new Language();
