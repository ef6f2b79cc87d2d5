import { runOk } from '../child.ts';
import { pythonCommand } from '../install.ts';
import { compareTranscript } from '../transcript.ts';
import type { Part } from './part.ts';

const transcript = 'admin-confluent-kafka';

/** What another client than Java's hears about topics, configs, offsets and groups. */
export const clientAdmin: Part = {
  name: 'client-admin',
  tools: ['confluent-kafka'],
  overrides: { 'group.initial.rebalance.delay.ms': '0' },
  checks: (context) => [
    {
      name: "confluent-kafka's AdminClient hears the same as from Apache Kafka about topics, configs, offsets and groups",
      run: async () => {
        const { command, args, env = {} } = pythonCommand('admin.py');
        const { stdout } = await runOk(command, [...args, context.broker.bootstrap, 'administered'], { env });
        compareTranscript(transcript, stdout, context);
      },
    },
  ],
};
