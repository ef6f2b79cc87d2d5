/** What every run begins with that is not told otherwise. */
const USUAL_SEED = 20261122;

/**
 * Where the random questions of a part begin: the number in this environment variable, or another one for each run when it is
 * `random`. Usually it is the same one, so that a change is not judged by a corner of the other side that nobody has met.
 */
export function seedOf(variable: string): number {
  const given = process.env[variable];
  if (given === 'random') return Date.now() % 1_000_000_000;
  return given === undefined ? USUAL_SEED : Number(given);
}
