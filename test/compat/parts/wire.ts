import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../report.ts';
import { compareTranscript } from '../transcript.ts';
import { families } from '../wire/families.ts';
import { Wire, type WireFamily } from '../wire/wire.ts';
import type { Part, PartContext } from './part.ts';

/** Raw requests of every API, valid and not, answered as Apache Kafka answers them. */
export const wire: Part = {
  name: 'wire',
  tools: [],
  overrides: {
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'group.consumer.min.session.timeout.ms': '1000',
    'group.consumer.min.heartbeat.interval.ms': '500',
    // Longer than the questions about one group take: whether it is over would be chance.
    'group.consumer.assignment.interval.ms': '15000',
    'num.partitions': '2',
  },
  checks: (context) => families.map((family) => check(context, family)),
};

function check(context: PartContext, family: WireFamily): Check {
  const { broker, directory } = context;
  return {
    name: `raw requests are answered as by Apache Kafka: ${family.about}`,
    run: async () => {
      const wire = await Wire.open(broker.port);
      const name = `wire-${family.name}`;
      try {
        await family.ask(wire);
      } finally {
        wire.close();
        writeFileSync(join(directory, `${name}.txt`), wire.transcript);
      }
      compareTranscript(name, wire.transcript, context);
    },
  };
}
