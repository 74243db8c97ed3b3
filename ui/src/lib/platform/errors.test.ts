import { expect, it } from 'vitest';
import { asFailure } from './errors';

it('reads a refusal and nothing else', () => {
  expect(asFailure({ code: 'not_found', message: 'x' })).toMatchObject({ code: 'not_found', detail: 'x' });
  expect(asFailure({ code: 'starting' })?.code).toBe('starting');
  for (const other of [null, undefined, 'boom', 7, {}, { code: 5 }, { code: '' }])
    expect(asFailure(other)).toBeNull();
});
