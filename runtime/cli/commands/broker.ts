import type { Argv } from 'yargs';
import { brokerProperties, withBrokerOptions } from '../broker-options.ts';
import { untilStopped } from '../running.ts';

/** `millrace broker`: a Kafka broker and nothing else. */
export function brokerCommand(parser: Argv): void {
  parser.command(
    'broker',
    'Run a Kafka broker',
    (argv) =>
      withBrokerOptions(argv).option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print one JSON line when ready.',
      }),
    async (options) => {
      const { startBroker } = await import('../../composition-root.ts');
      const broker = await startBroker({ properties: brokerProperties(options), logLevel: options.logLevel });
      console.log(options.json ? JSON.stringify({ kafka: broker.address }) : `Kafka ${broker.address}`);
      await untilStopped();
      await broker.close();
    },
  );
}
