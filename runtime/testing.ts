// What plugin authors import as `millrace/testing`.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diskFiles } from '../platform/disk-files.ts';
import { taskUrl } from '../platform/executor.ts';
import { systemClock } from '../platform/system-clock.ts';
import { randomUuid } from '../platform/uuid.ts';
import {
  type ConformanceCheck,
  type ConformanceGround,
  type ConformanceHost,
  type ConformanceOptions,
  connectorConformance,
  partConformance,
} from './conformance/index.ts';
import { builtInConverters } from './converters/index.ts';
import { startMemoryKafka } from './memory-kafka.ts';
import { type Conformance, isConformance, type Plugin, PluginRegistry } from './plugin/index.ts';
import { builtInPredicates } from './predicates/index.ts';
import { builtInTransforms } from './transforms/index.ts';

export { type ConformanceCheck, ConformanceError, type ConformanceOptions } from './conformance/index.ts';

const host: ConformanceHost = {
  openGround,
  pluginHost: taskUrl(import.meta.url, 'plugin-host'),
  registry(plugin, file) {
    const registry = new PluginRegistry();
    for (const each of [...builtInConverters, ...builtInTransforms, ...builtInPredicates]) registry.add(each);
    registry.add(plugin, fileURLToPath(file));
    return registry;
  },
};

/**
 * Every check of the conformance kit for one plugin: of a source or sink, given as what `describeSource` or
 * `describeSink` made of it; of any other plugin, given as it is, its examples among them. Nothing runs yet:
 *
 *     for (const check of conformance(description)) test(check.name, { skip: check.notApplicable }, check.run);
 */
export function conformance(
  subject: Conformance | Plugin,
  options: ConformanceOptions = {},
): readonly ConformanceCheck[] {
  return isConformance(subject)
    ? connectorConformance(subject, host, options)
    : partConformance(subject, systemClock);
}

async function openGround(): Promise<ConformanceGround> {
  const kafka = await startMemoryKafka();
  const folder = join(tmpdir(), `millrace-conformance-${randomUuid(kafka.platform.entropy)}`);
  diskFiles.makeDirectory(folder);
  return {
    ...kafka,
    folder,
    close: async () => {
      await kafka.close();
      diskFiles.removeDirectory(folder);
    },
  };
}
