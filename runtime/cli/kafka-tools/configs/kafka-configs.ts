import { KafkaError } from '../../../../kafka/client/index.ts';
import { adminConnection } from '../connection-options.ts';
import { ToolUsageError } from '../errors.ts';
import { javaText } from '../java-error.ts';
import { defineTool } from '../tool.ts';
import { withClient } from '../tool-client.ts';
import { exactlyOne, excludes, onlyWith } from '../tool-rules.ts';
import { alterConfigs, operationsOf } from './alteration.ts';
import { describeConfigs } from './description.ts';
import { entityOf } from './entity.ts';
import { type ConfigOption, configOptions } from './options.ts';

const actions = ['describe', 'alter'] as const;

/** `kafka-configs`: shows and changes configs of topics, brokers and groups. */
export const kafkaConfigs = defineTool<ConfigOption>({
  name: 'kafka-configs',
  summary:
    'This tool helps to manipulate and describe entity config for a topic, client, user, broker, ip, client-metrics or group',
  options: configOptions,
  rules: [
    exactlyOne(actions, 'Command must include exactly one action: --describe, --alter.'),
    onlyWith('add-config', ['alter'], actions),
    onlyWith('add-config-file', ['alter'], actions),
    onlyWith('delete-config', ['alter'], actions),
    onlyWith('all', ['describe'], actions),
    excludes('add-config', 'add-config-file'),
    excludes('entity-default', 'entity-name'),
    plain((args) => {
      if (args.has('bootstrap-controller'))
        return '--bootstrap-controller is not supported: name a broker with --bootstrap-server';
      if (!args.has('bootstrap-server'))
        return 'Either --bootstrap-server or --bootstrap-controller must be specified.';
      const isChange = args.has('add-config') || args.has('add-config-file') || args.has('delete-config');
      return args.has('alter') && !isChange
        ? 'At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter'
        : undefined;
    }),
  ],
  async run(args, context) {
    const entity = entityOf(args);
    const { name } = entity;
    if (args.has('describe')) {
      await withClient(context, adminConnection(args, context), (client) =>
        describeConfigs(entity, args.has('all'), client.admin(), context),
      );
      return 0;
    }
    if (name === undefined) {
      const what = entity.typeName === 'brokers' ? '--entity-name or --entity-default' : '--entity-name';
      throw new ToolUsageError(`The ${what} must be specified with --alter of ${entity.typeName}`, {
        hasTable: false,
      });
    }
    const operations = operationsOf(args, context);
    await withClient(context, adminConnection(args, context), (client) =>
      alterConfigs({ ...entity, name }, operations, client.admin(), context),
    );
    return 0;
  },
  async fail(error, { err }, args) {
    if (error instanceof KafkaError) {
      await err.line(`Error while executing config command with args '${args.join(' ')}'`);
      await err.line(`java.util.concurrent.ExecutionException: ${javaText(error)}`);
    } else {
      await err.line(error.message);
    }
    return 1;
  },
});

/** A rule whose problem is told in one line, without the usage table. */
function plain(rule: (args: { has(name: string): boolean }) => string | undefined) {
  return (args: { has(name: string): boolean }): undefined => {
    const problem = rule(args);
    if (problem !== undefined) throw new ToolUsageError(problem, { hasTable: false });
    return undefined;
  };
}
