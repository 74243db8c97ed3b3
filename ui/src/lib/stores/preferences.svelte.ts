// What this person chose on this machine: theme, recently looked-up account, single-letter keys, columns of the
// rating table. Nothing else is kept.

export type Theme = 'system' | 'light' | 'dark';

function read(name: string): string | null {
  try {
    return localStorage.getItem(`everwatch.${name}`);
  } catch {
    return null;
  }
}

function write(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`everwatch.${name}`);
    else localStorage.setItem(`everwatch.${name}`, value);
  } catch {
    // No storage: the choice lasts as long as the page.
  }
}

function theme(): Theme {
  const kept = read('theme');
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

class Preferences {
  theme = $state<Theme>(theme());
  letterKeys = $state(read('letterKeys') !== 'off');
  account = $state(read('account'));
  /** Columns of the rating table; null as long as nobody chose. */
  evenColumns = $state.raw<readonly string[] | null>(read('evenColumns')?.split(',') ?? null);

  chooseTheme(choice: Theme): void {
    this.theme = choice;
    write('theme', choice === 'system' ? null : choice);
    if (choice === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = choice;
  }

  chooseLetterKeys(on: boolean): void {
    this.letterKeys = on;
    write('letterKeys', on ? null : 'off');
  }

  chooseEvenColumns(columns: readonly string[]): void {
    this.evenColumns = columns;
    write('evenColumns', columns.join(','));
  }

  rememberAccount(account: string): void {
    this.account = account;
    write('account', account);
  }
}

export const preferences = new Preferences();
