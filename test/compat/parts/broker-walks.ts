import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrokerProcess } from '../broker-process.ts';
import { Dice } from '../dice.ts';
import { differencesOf } from '../differences.ts';
import type { Check } from '../report.ts';
import { seedOf } from '../seed.ts';
import { compareTranscripts } from '../transcript.ts';
import type { Walk } from '../walks/walk.ts';
import { walks } from '../walks/walks.ts';
import { Wire } from '../wire/wire.ts';
import type { Part, PartContext } from './part.ts';

const seed = seedOf('WALK_SEED');
const count = process.env['WALK_COUNT'];
const overrides = {
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  'group.consumer.min.session.timeout.ms': '1000',
  'group.consumer.min.heartbeat.interval.ms': '500',
  // At once: how much of an interval is over would be chance.
  'group.consumer.assignment.interval.ms': '0',
  'offsets.topic.num.partitions': '4',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '100',
  'transaction.state.log.num.partitions': '4',
};

/** Random sequences of raw requests, asked of our broker and of Apache Kafka beside it. */
export const brokerWalks: Part = {
  name: 'broker-walks',
  tools: ['java'],
  isOurs: true,
  overrides,
  checks,
};

function checks(context: PartContext): readonly Check[] {
  const kafka = new BrokerProcess({ kind: 'kafka', directory: join(context.directory, 'kafka'), overrides });
  return [
    {
      name: 'Apache Kafka runs beside ours',
      gates: true,
      run: () => kafka.start(),
    },
    ...walks.flatMap((walk) =>
      Array.from({ length: Number(count ?? walk.count) }, (_none, index) =>
        check(context, kafka, walk, index),
      ),
    ),
    { name: 'Apache Kafka stops', run: () => kafka.stop() },
  ];
}

function check({ broker, directory }: PartContext, kafka: BrokerProcess, walk: Walk, index: number): Check {
  const name = `walk-${walk.name}-${index}`;
  return {
    name: `${walk.about}: walk ${index}, ${walk.steps} questions, the same answers (WALK_SEED=${seed})`,
    run: async () => {
      const [ours, theirs] = await Promise.all(
        [broker, kafka].map(async ({ port }, i) => {
          return taken(port, walk, name, join(directory, `${name}.${i === 0 ? 'millrace' : 'kafka'}.txt`));
        }),
      );
      compareTranscripts(name, theirs ?? '', ours ?? '', differencesOf(`walk-${walk.name}`));
    },
  };
}

/** The transcript, which is written to the file also when the walk fails on its way. */
async function taken(port: number, walk: Walk, name: string, file: string): Promise<string> {
  const wire = await Wire.open(port);
  try {
    await walk.take(wire, Dice.of(seed, name), name);
  } finally {
    wire.close();
    writeFileSync(file, wire.transcript);
  }
  return wire.transcript;
}
