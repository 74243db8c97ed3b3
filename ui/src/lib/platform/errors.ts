// What can go wrong between the page and the core. Three kinds: the core refused, the core is out of reach, the
// page has no session.

/** The core answered with a code. The page acts on `code` alone; `detail` is for a log. */
export class CommandFailure extends Error {
  readonly code: string;
  readonly detail: string;

  constructor(code: string, detail: string) {
    super(code);
    this.name = 'CommandFailure';
    this.code = code;
    this.detail = detail;
  }
}

/** The core did not answer. */
export class LinkLost extends Error {
  constructor(cause?: unknown) {
    super('link lost', { cause });
    this.name = 'LinkLost';
  }
}

/** The core answered, but this page holds no valid session. */
export class NoSession extends Error {
  constructor() {
    super('no session');
    this.name = 'NoSession';
  }
}

/** Reads a `{code, message}` of foreign origin; null when it is something else. */
export function asFailure(value: unknown): CommandFailure | null {
  if (typeof value !== 'object' || value === null || !('code' in value)) return null;
  const { code } = value;
  if (typeof code !== 'string' || code === '') return null;
  const detail = 'message' in value && typeof value.message === 'string' ? value.message : '';
  return new CommandFailure(code, detail);
}
