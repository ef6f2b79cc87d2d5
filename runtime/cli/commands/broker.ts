import { startBroker } from '../../composition-root.ts';
import { brokerOptions, brokerProperties } from '../broker-options.ts';
import { type Command, ExitCode } from '../command.ts';
import { describeOptions, parseOptions } from '../options.ts';
import { untilStopped, whileRunning } from '../running.ts';

const options = {
  ...brokerOptions,
  json: { type: 'flag', describe: 'Print one JSON line when ready: {"kafka":"host:port"}.' },
} as const;

/** `millrace broker`: a Kafka broker and nothing else. */
export const brokerCommand: Command = {
  help: `Usage: millrace broker [options]\n\nRuns a Kafka broker until it is stopped.\n\n${describeOptions(options)}`,
  async run(args) {
    const { values } = parseOptions(options, args);
    return whileRunning(async (signal) => {
      const broker = await startBroker({
        properties: brokerProperties(values),
        logLevel: values['log-level'],
      });
      console.log(values.json ? JSON.stringify({ kafka: broker.address }) : `Kafka ${broker.address}`);
      await untilStopped(signal, broker.halted);
      await broker.close();
      return ExitCode.OK;
    });
  },
};
