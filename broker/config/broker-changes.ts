import { brokerConfigDefinition, listenerConfigBase } from './broker-configs.ts';
import { brokerPropertyProblems } from './broker-properties.ts';
import type { BrokerConfigLayers, ConfigTexts } from './config-layers.ts';
import { configProblem } from './value.ts';

/**
 * Everything wrong with the whole set of dynamic configs proposed for one broker (`isPerBroker`) or for all of them,
 * in Kafka's wording (KIP-226). Names Kafka does not know are allowed: plugins have configs of their own.
 */
export function dynamicBrokerConfigProblems(
  proposed: ConfigTexts,
  options: { readonly isPerBroker: boolean; readonly layers: BrokerConfigLayers },
): readonly string[] {
  const names = [...proposed.keys()];
  const problems = [
    ...listed('Cannot update these configs dynamically', names.filter(isReadOnlyBrokerConfig)),
    ...listed(
      'These security configs can be dynamically updated only per-listener using the listener prefix',
      names.filter(needsListenerPrefix),
    ),
    ...(options.isPerBroker
      ? []
      : listed(
          'Cannot update these configs at default cluster level, broker id must be specified',
          names.filter(isPerBrokerOnly),
        )),
    ...valueProblems(proposed),
  ];
  return problems.length > 0 ? problems : conflicts(proposed, options.layers);
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

/** Conflicts that the running configs do not have already, so that an old one does not block every change. */
function conflicts(proposed: ConfigTexts, layers: BrokerConfigLayers): readonly string[] {
  const current = merged(layers);
  const before = new Set(brokerPropertyProblems(current));
  const after = brokerPropertyProblems(new Map([...current, ...proposed]));
  return after.filter((problem) => !before.has(problem));
}

function merged(layers: BrokerConfigLayers): ConfigTexts {
  return new Map([...layers.static, ...layers.dynamicDefault, ...layers.dynamicBroker]);
}

function isPerBrokerOnly(name: string): boolean {
  return brokerConfigDefinition(name)?.updateMode === 'per-broker';
}

function needsListenerPrefix(name: string): boolean {
  const isSecurity = /^(ssl\.|sasl\.|principal\.builder\.class$)/.test(name);
  return isSecurity && isPerBrokerOnly(name) && listenerConfigBase(name) === undefined;
}

function listed(sentence: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${sentence}: [${names.join(', ')}]`];
}
