import type { Argv } from 'yargs';
import { brokerProperties, withBrokerOptions } from '../broker-options.ts';
import { untilStopped } from '../running.ts';

/** `millrace start`: broker, schema registry and Connect worker in one process. */
export function startCommand(parser: Argv): void {
  parser.command(
    'start',
    'Run broker, schema registry and Connect worker',
    (argv) =>
      withBrokerOptions(argv)
        .option('registry-port', { type: 'number', default: 8081, describe: 'Port of the schema registry.' })
        .option('rest-port', { type: 'number', default: 8083, describe: "Port of Connect's REST API." })
        .option('json', { type: 'boolean', default: false, describe: 'Print one JSON line when ready.' }),
    async (options) => {
      const { startStack } = await import('../../composition-root.ts');
      const stack = await startStack({
        properties: brokerProperties(options),
        logLevel: options.logLevel,
        host: options.host,
        registryPort: options.registryPort,
        restPort: options.restPort,
      });
      const { kafka, registry, rest } = stack.addresses;
      const lines = `Kafka ${kafka}\nSchema registry ${registry}\nConnect ${rest}`;
      console.log(options.json ? JSON.stringify(stack.addresses) : lines);
      await untilStopped();
      await stack.close();
    },
  );
}
