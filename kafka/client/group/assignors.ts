import { ConfigurationError } from '../errors.ts';
import type { Assignor } from './assignor.ts';
import { rangeAssignor } from './range-assignor.ts';
import { roundRobinAssignor } from './round-robin-assignor.ts';
import { cooperativeStickyAssignor, stickyAssignor } from './sticky-assignors.ts';

const builtIn = [rangeAssignor, roundRobinAssignor, stickyAssignor, cooperativeStickyAssignor];
const defaults = [rangeAssignor, cooperativeStickyAssignor];

/** Built-in assignors by name, and others as they are. Throws ConfigurationError. */
export function assignorsOf(choices: readonly (string | Assignor)[] | undefined): readonly Assignor[] {
  if (choices === undefined) return defaults;
  if (choices.length === 0) throw new ConfigurationError('assignors names no assignor');
  const assignors = choices.map(assignorOf);
  if (new Set(assignors.map(({ name }) => name)).size < assignors.length) {
    throw new ConfigurationError('assignors names an assignor twice');
  }
  return assignors;
}

function assignorOf(choice: string | Assignor): Assignor {
  if (typeof choice !== 'string') return choice;
  const assignor = builtIn.find(({ name }) => name === choice);
  if (assignor !== undefined) return assignor;
  throw new ConfigurationError(
    `there is no assignor '${choice}': take ${builtIn.map(({ name }) => name).join(', ')}`,
  );
}
