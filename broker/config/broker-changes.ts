import { brokerConfigDefinition, listenerConfigBase } from './broker-configs.ts';
import { brokerPropertyProblems } from './broker-properties.ts';
import type { BrokerConfigLayers, ConfigTexts } from './config-layers.ts';
import { localRetentionProblems } from './local-retention.ts';
import { threadCountProblems } from './thread-counts.ts';
import { configProblem } from './value.ts';

/**
 * Everything wrong with the whole set of dynamic configs proposed for one broker (`isPerBroker`) or for all of them,
 * in Kafka's wording (KIP-226): of the kinds of problems, the first that there is. Names Kafka does not know are
 * allowed: plugins have configs of their own.
 */
export function dynamicBrokerConfigProblems(
  proposed: ConfigTexts,
  options: { readonly isPerBroker: boolean; readonly layers: BrokerConfigLayers },
): readonly string[] {
  const names = [...proposed.keys()];
  const checks: readonly (() => readonly string[])[] = [
    () => listed('Cannot update these configs dynamically', names.filter(isReadOnlyBrokerConfig)),
    () =>
      listed(
        'These security configs can be dynamically updated only per-listener using the listener prefix',
        names.filter(needsListenerPrefix),
      ),
    () => valueProblems(proposed),
    () =>
      listed(
        'Cannot update these configs at default cluster level, broker id must be specified',
        options.isPerBroker ? [] : names.filter(isPerBrokerOnly),
      ),
    () => conflicts(inForce(proposed, options), options.layers),
    () => localRetentionProblems(inForce(proposed, options)),
    () => threadCountProblems(proposed, options.layers),
  ];
  for (const check of checks) {
    const problems = check();
    if (problems.length > 0) return problems;
  }
  return [];
}

/** Whether a running broker refuses to change `name`; unknown names are not refused. */
export function isReadOnlyBrokerConfig(name: string): boolean {
  return brokerConfigDefinition(name)?.updateMode === 'read-only';
}

function valueProblems(proposed: ConfigTexts): readonly string[] {
  return [...proposed].flatMap(([name, text]) => {
    const definition = brokerConfigDefinition(name);
    const problem = definition === undefined ? undefined : configProblem({ ...definition, name }, text);
    return problem === undefined ? [] : [problem];
  });
}

/** The first conflict that the running configs do not have already, so that an old one does not block every change. */
function conflicts(texts: ConfigTexts, layers: BrokerConfigLayers): readonly string[] {
  const current = new Map([...layers.static, ...layers.dynamicDefault, ...layers.dynamicBroker]);
  const before = new Set(brokerPropertyProblems(current));
  const [first] = brokerPropertyProblems(texts).filter((problem) => !before.has(problem));
  // Kafka's own check of group configs says it plainly.
  const lead = first?.startsWith('group.') === true ? '' : 'requirement failed: ';
  return first === undefined ? [] : [`${lead}${first}`];
}

/** The texts that this broker would have with the proposed ones in the place of those of their layer. */
function inForce(
  proposed: ConfigTexts,
  { isPerBroker, layers }: { readonly isPerBroker: boolean; readonly layers: BrokerConfigLayers },
): ConfigTexts {
  const dynamic = isPerBroker
    ? [...layers.dynamicDefault, ...proposed]
    : [...proposed, ...layers.dynamicBroker];
  return new Map([...layers.static, ...dynamic]);
}

/** A listener belongs to a broker, so only what limits all connections can be set for a listener of every broker. */
function isPerBrokerOnly(name: string): boolean {
  const base = listenerConfigBase(name);
  if (base !== undefined) return !listenerConfigsOfCluster.includes(base);
  return brokerConfigDefinition(name)?.updateMode === 'per-broker';
}

const listenerConfigsOfCluster: readonly string[] = [
  'max.connections',
  'max.connection.creation.rate',
  'num.network.threads',
];

/** Keys and certificates can be read anew while the broker runs, but only those of a listener. */
function needsListenerPrefix(name: string): boolean {
  return /^ssl\.(key\.password|keystore\.(type|location|password|key|certificate\.chain)|truststore\.(type|location|password|certificates))$/.test(
    name,
  );
}

function listed(sentence: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${sentence}: [${names.join(', ')}]`];
}
