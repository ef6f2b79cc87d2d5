import { startBroker } from '../../broker-alone.ts';
import { brokerFileOptions, brokerProperties, configFileOf } from '../broker-options.ts';
import { type Command, ExitCode } from '../command.ts';
import { UsageError } from '../errors.ts';
import { clusterIdOf } from '../kafka-environment.ts';
import { describeOptions, type OptionValues, parseOptions } from '../options.ts';
import { untilStopped, whileRunning } from '../running.ts';

const options = {
  ...brokerFileOptions,
  json: { type: 'flag', describe: 'Print one JSON line when ready: {"kafka":"host:port"}.' },
} as const;

/** `millrace broker`: a Kafka broker and nothing else. */
export const brokerCommand: Command = {
  help: `Usage: millrace broker [server.properties] [options]

Runs a Kafka broker until it is stopped. Its configuration is Kafka's: the file, then variables such as
KAFKA_LOG_RETENTION_MS, then options, then --override. CLUSTER_ID names the cluster of a new data directory.

${describeOptions(options)}`,
  run(args) {
    const { values, rest } = parseOptions(options, args);
    return runBroker(values, configFileOf(values.config, rest));
  },
};

/** `kafka-server-start server.properties [--override name=value]...`: the same broker, with Kafka's command line. */
export const kafkaServerStartCommand: Command = {
  help: `Usage: kafka-server-start server.properties [--override name=value]...

Runs a Kafka broker until it is stopped.

${describeOptions(options)}`,
  async run(args) {
    if (args.includes('-daemon')) {
      throw new UsageError('-daemon: leave it out, and start the broker with & or as a service.');
    }
    const { values, rest } = parseOptions(options, args);
    const file = configFileOf(values.config, rest);
    if (file === undefined) throw new UsageError('Name a file: kafka-server-start server.properties.');
    return runBroker(values, file);
  },
};

function runBroker(values: OptionValues<typeof options>, file: string | undefined): Promise<number> {
  return whileRunning(async (signal) => {
    const broker = await startBroker({
      properties: brokerProperties(values, { file, environment: process.env }),
      clusterId: clusterIdOf(process.env),
      logLevel: values['log-level'],
    });
    const { address: kafka, metricsUrl: metrics } = broker;
    const lines = metrics === undefined ? `Kafka ${kafka}` : `Kafka ${kafka}\nMetrics ${metrics}/metrics`;
    console.log(values.json ? JSON.stringify({ kafka, metrics }) : lines);
    await untilStopped(signal, broker.halted);
    await broker.close();
    return ExitCode.OK;
  });
}
