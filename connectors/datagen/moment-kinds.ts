import { schemas } from '../../runtime/plugin/index.ts';
import { type Building, type Generator, type Kind, kind, type Moment } from './generator.ts';
import type { Random } from './random.ts';

const DAY_MS = 86_400_000;

type MakeMs = (random: Random, moment: Moment) => number;

const timestamp = kind(
  {
    type: 'object',
    properties: {
      start: { type: 'string', default: '2024-01-01T00:00:00Z' },
      end: { type: 'string' },
      step: { type: 'string', format: 'duration', default: '1s' },
      of: { enum: ['timestamp', 'long', 'string'], default: 'timestamp' },
    },
  },
  ({ start, end, step, of }, building) => {
    const makeMs =
      start === 'now'
        ? (_random: Random, moment: Moment) => moment.now()
        : moments({ start, end, step }, building);
    return makeMs && shaped(of, makeMs);
  },
);

/** Random moments up to `end`; without one, moments that go up by `step`. */
function moments(
  { start, end, step }: { start: string; end: string | undefined; step: number },
  building: Building,
): MakeMs | undefined {
  const first = readMoment('start', start, building);
  if (end === undefined)
    return first === undefined ? undefined : (_random, { index }) => first + index * step;
  const last = readMoment('end', end, building);
  if (first === undefined || last === undefined) return undefined;
  if (first <= last) return (random) => random.between(first, last);
  building.problem('end', 'end is before start.');
  return undefined;
}

function shaped(of: 'timestamp' | 'long' | 'string', makeMs: MakeMs): Generator {
  switch (of) {
    case 'long':
      return { schema: schemas.int64(), make: makeMs };
    case 'string':
      return {
        schema: schemas.string(),
        make: (random, moment) => dateOrEnd(makeMs(random, moment)).toISOString(),
      };
    case 'timestamp':
      return { schema: schemas.timestamp(), make: (random, moment) => dateOrEnd(makeMs(random, moment)) };
  }
}

/** Steps may lead beyond the year 275760, where JavaScript's calendar ends. */
function dateOrEnd(epochMs: number): Date {
  return new Date(Math.max(-8.64e15, Math.min(epochMs, 8.64e15)));
}

const date = kind(
  {
    type: 'object',
    properties: {
      start: { type: 'string', default: '2020-01-01' },
      end: { type: 'string', default: '2024-12-31' },
    },
  },
  ({ start, end }, building) => {
    const first = readMoment('start', start, building);
    const last = readMoment('end', end, building);
    if (first === undefined || last === undefined) return undefined;
    const [firstDay, lastDay] = [Math.floor(first / DAY_MS), Math.floor(last / DAY_MS)];
    if (firstDay > lastDay) {
      building.problem('end', 'end is before start.');
      return undefined;
    }
    return {
      schema: schemas.date(),
      make: (random) => new Date(random.between(firstDay, lastDay) * DAY_MS),
    };
  },
);

const time = kind({ type: 'object', properties: {} }, () => ({
  schema: schemas.time(),
  make: (random) => new Date(random.between(0, DAY_MS - 1)),
}));

function readMoment(property: string, text: string, building: Building): number | undefined {
  const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const epochMs = isIso ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(epochMs)) return epochMs;
  building.problem(property, `"${text}" is not a moment such as 2024-01-31 or 2024-01-31T12:00:00Z.`);
  return undefined;
}

/** Fields that are moments, days or times of day. */
export const momentKinds: Readonly<Record<string, Kind>> = { timestamp, date, time };
