import {
  ConfigError,
  defineSource,
  FatalError,
  type ReadFrom,
  type SourceBatch,
  type SourceContext,
  type SourceRecord,
} from '../../runtime/plugin/index.ts';
import { type DatagenConfig, datagenConfig, datagenPlan } from './datagen-config.ts';
import { hashText, Random } from './random.ts';
import { RecordMaker } from './record-maker.ts';

/** How many records were made. Connect's datagen has the same name for it. */
type DatagenPosition = { readonly 'current.iteration': number };

/** A source that was held up for longer does not make up for it. */
const BEHIND_MAX_MS = 1000;

/**
 * Makes records for demonstrations, tests and load. Each record depends on the seed and its number alone, so a run that was
 * broken off goes on with the very records that it would have made, and may be repeated. Only fields of the type timestamp
 * with `start: now` differ from run to run.
 */
export const source = defineSource({
  name: 'datagen',
  version: '1.0.0',
  description: 'Makes records: ready ones such as orders and pageviews, or of described fields; repeatable.',
  aliases: ['io.confluent.kafka.connect.datagen.DatagenConnector'],
  config: datagenConfig,
  validate(config: DatagenConfig) {
    datagenPlan(config);
  },
  async partitions() {
    return [{ 'task.id': 0 }];
  },
  read(config: DatagenConfig, from: ReadFrom<DatagenPosition>, ctx) {
    return batches(config, iterationOf(from.position), ctx);
  },
  alterOffsets(_config, offsets) {
    const problems = offsets.flatMap(({ partition, position }) => [
      ...(partition['task.id'] === 0
        ? []
        : [{ key: 'partition', message: 'The only partition is {"task.id": 0}.' }]),
      ...(position === null || readIteration(position) !== undefined
        ? []
        : [{ key: 'offset', message: 'An offset is {"current.iteration": number of records}.' }]),
    ]);
    if (problems.length > 0) throw new ConfigError(problems);
  },
});

async function* batches(
  config: DatagenConfig,
  first: number,
  ctx: SourceContext,
): AsyncGenerator<SourceBatch<DatagenPosition>> {
  const { topic, records: plan } = datagenPlan(config);
  const { clock, signal } = ctx;
  const seed = config['random.seed'] ?? hashText(ctx.connector);
  const maker = new RecordMaker(plan, { topic, seed, now: () => clock.now() });
  const pauses = new Random(seed, 'pause');
  const pauseMs = (index: number): number =>
    config['max.interval'] === 0 ? 0 : pauses.at(index).unit() * config['max.interval'];
  const end = config.iterations === -1 ? Number.MAX_SAFE_INTEGER : config.iterations;
  let index = first;
  let dueAt = clock.monotonic() + pauseMs(index);
  while (index < end && !signal.aborted) {
    const waitMs = dueAt - clock.monotonic();
    if (waitMs > 0) await ctx.sleep(waitMs);
    if (signal.aborted) return;
    const now = clock.monotonic();
    dueAt = Math.max(dueAt, now - BEHIND_MAX_MS);
    const records: SourceRecord[] = [];
    while (index < end && dueAt <= now && records.length < config['batch.size']) {
      records.push(maker.make(index));
      index++;
      dueAt += pauseMs(index);
    }
    if (records.length > 0) yield { records, position: { 'current.iteration': index } };
  }
}

function iterationOf(position: DatagenPosition | undefined): number {
  if (position === undefined) return 0;
  const iteration = readIteration(position);
  if (iteration !== undefined) return iteration;
  throw new FatalError(
    `The stored offset ${JSON.stringify(position)} is not one of datagen. Reset the connector's offsets to start again.`,
  );
}

function readIteration(position: unknown): number | undefined {
  if (typeof position !== 'object' || position === null || !('current.iteration' in position))
    return undefined;
  const iteration = position['current.iteration'];
  return typeof iteration === 'number' && Number.isSafeInteger(iteration) && iteration >= 0
    ? iteration
    : undefined;
}
