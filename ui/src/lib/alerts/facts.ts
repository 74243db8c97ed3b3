// Reads the named facts of an alert. All of them may be missing; then the plainer sentence is spoken.

import type { Field } from '$lib/api';
import { money } from '$lib/format/say';

export class Facts {
  #values: Map<string, string>;

  constructor(fields: Field[]) {
    this.#values = new Map(fields.map((field) => [field.name, field.value]));
  }

  /** The fact, null when it is not there or empty. */
  text(name: string): string | null {
    const value = this.#values.get(name);
    return value === undefined || value === '' ? null : value;
  }

  get symbol(): string {
    return this.text('symbol') ?? '';
  }

  /** Decimals of the token; null while unknown. */
  get decimals(): number | null {
    const text = this.text('decimals');
    return text !== null && /^\d{1,2}$/.test(text) ? Number(text) : null;
  }

  /** An amount fact with its unit; null when it is not there or the token's decimals are not known. */
  amount(name: string): string | null {
    const base = this.text(name);
    if (base === null || this.decimals === null || !/^\d+$/.test(base)) return null;
    return money(base, this.decimals, this.symbol);
  }

  /** What was asked beyond what was there. */
  get short(): string | null {
    const told = this.amount('short');
    if (told !== null) return told;
    const had = this.text('had');
    const needed = this.text('needed');
    if (had === null || needed === null || this.decimals === null) return null;
    if (!/^\d+$/.test(had) || !/^\d+$/.test(needed)) return null;
    const short = BigInt(needed) - BigInt(had);
    return short > 0n ? money(short.toString(), this.decimals, this.symbol) : null;
  }
}
