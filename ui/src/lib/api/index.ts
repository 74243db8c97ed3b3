// The typed door to the core. Names, requests and replies come from the generated map.

import { platform } from '$lib/platform';
import type { CommandMap, CommandName } from './generated';

export type * from './generated';

/** Asks the core. Rejects with `CommandFailure`, `LinkLost` or `NoSession`. */
export async function call<C extends CommandName>(
  command: C,
  request: CommandMap[C]['request'],
): Promise<CommandMap[C]['reply']> {
  const host = await platform();
  return (await host.call(command, request)) as CommandMap[C]['reply'];
}
