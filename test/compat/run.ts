// Real Kafka clients and tools against a broker: `npm run test:compat -- [--only part,...] [--against millrace|kafka]`.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrokerKind, BrokerProcess } from './broker-process.ts';
import { killAll, killingAfter } from './child.ts';
import { install, millraceCommand, type Tool } from './install.ts';
import { avroSchemas } from './parts/avro-schemas.ts';
import { brokerWalks } from './parts/broker-walks.ts';
import { clientAdmin, clientTransactions } from './parts/client-transcripts.ts';
import { codec } from './parts/codec.ts';
import { compaction } from './parts/compaction.ts';
import { conformanceKit } from './parts/conformance.ts';
import { connectData } from './parts/connect-data.ts';
import { connectOffsetFile } from './parts/connect-offset-file.ts';
import { connectRest, connectRestOfKafka } from './parts/connect-rest.ts';
import { connectValidation } from './parts/connect-validation.ts';
import { connectWorkers } from './parts/connect-workers.ts';
import { consoleTools, ourTools } from './parts/console-tools.ts';
import { course } from './parts/course.ts';
import { crashes } from './parts/crash.ts';
import { exactlyOnce } from './parts/exactly-once.ts';
import { Probe } from './parts/java.ts';
import { javaTranscripts } from './parts/java-transcripts.ts';
import { jsonSchemas } from './parts/json-schemas.ts';
import { migration } from './parts/migration.ts';
import { packaged } from './parts/package.ts';
import type { Part } from './parts/part.ts';
import { protoSchemas } from './parts/proto-schemas.ts';
import { quickstart } from './parts/quickstart.ts';
import { quickstartKafka } from './parts/quickstart-kafka.ts';
import { rebalances } from './parts/rebalance.ts';
import { registryClients } from './parts/registry-clients.ts';
import { registryContract } from './parts/registry-contract.ts';
import { registryKill } from './parts/registry-kill.ts';
import { roundTrips } from './parts/round-trip.ts';
import { wire } from './parts/wire.ts';
import { cache } from './places.ts';
import { type Check, Report } from './report.ts';

/** Long ones first, and last the one whose tool takes longest to be there. */
const allParts: readonly Part[] = [
  exactlyOnce,
  quickstart,
  quickstartKafka,
  ...roundTrips,
  course,
  ...crashes,
  ...rebalances,
  ...javaTranscripts,
  migration,
  registryClients,
  registryContract,
  registryKill,
  codec,
  avroSchemas,
  protoSchemas,
  connectData,
  jsonSchemas,
  clientAdmin,
  clientTransactions,
  wire,
  brokerWalks,
  compaction,
  connectRest,
  connectRestOfKafka,
  connectValidation,
  connectWorkers,
  connectOffsetFile,
  conformanceKit,
  consoleTools,
  ourTools,
  packaged,
];

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killAll();
    process.exit(1);
  });
}
process.exitCode = await main().finally(killAll);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      against: { type: 'string', default: 'millrace' },
      record: { type: 'boolean', default: false },
    },
  });
  const kind = brokerKind(values.against);
  const parts = chosen(values.only, kind);
  const startedMs = performance.now();
  const report = new Report();
  const tools = new Map<Tool, Promise<unknown>>();
  for (const tool of parts.flatMap((part) => toolsOf(part, kind)))
    if (!tools.has(tool))
      tools.set(
        tool,
        install(tool).catch((error: unknown) => error),
      );
  const waiting = [...parts];
  const lane = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift())
      await runPart(part, kind, values.record, tools, report);
  };
  // Parts wait more than they compute; two of Kafka's brokers at once would need too much memory.
  const lanes = Array.from({ length: kind === 'kafka' ? 1 : 2 }, lane);
  await Promise.all([reportTools(tools, report), ...lanes]);
  console.log(`\nagainst ${kind}, ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
  console.log(`${report.passed} passed, ${report.failed} failed`);
  return report.failed === 0 ? 0 : 1;
}

/** What became of each tool that the parts need: one that could not be installed is a failed check. */
function reportTools(tools: ReadonlyMap<Tool, Promise<unknown>>, report: Report): Promise<void> {
  const checks = [...tools].map(([tool, installed]) => ({
    name: `${tool} is here or can be installed`,
    run: async () => {
      const error = await installed;
      if (error !== undefined) throw error;
    },
  }));
  return report.part('what the clients need', checks);
}

async function runPart(
  part: Part,
  kind: BrokerKind,
  isRecording: boolean,
  tools: ReadonlyMap<Tool, Promise<unknown>>,
  report: Report,
): Promise<void> {
  const needed = await Promise.all(
    toolsOf(part, kind).map(async (tool) => ({ tool, error: await tools.get(tool) })),
  );
  const directory = join(cache, 'runs', part.name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const { subcommand = 'broker', overrides = {}, program = millraceCommand() } = part;
  const broker = new BrokerProcess({ kind, directory, subcommand, overrides, program });
  const start = async () => {
    const absent = needed.filter(({ error }) => error !== undefined).map(({ tool }) => tool);
    if (absent.length > 0) throw new Error(`not run: ${absent.join(' and ')} is missing`);
    await broker.start();
  };
  const checks: readonly Check[] = [
    { name: 'the broker starts on an empty folder', gates: true, run: start },
    ...part.checks({ broker, kind, directory, isRecording, probe: new Probe(() => broker.bootstrap) }),
    { name: 'the broker stops in order', run: () => broker.stop() },
  ];
  await killingAfter(() => report.part(part.name, checks, broker));
}

function toolsOf(part: Part, kind: BrokerKind): readonly Tool[] {
  return kind === 'kafka' ? [...new Set<Tool>(['java', ...part.tools])] : part.tools;
}

function chosen(only: string | undefined, kind: BrokerKind): readonly Part[] {
  if (only === undefined) return allParts.filter(({ isOurs }) => kind === 'millrace' || isOurs !== true);
  return only.split(',').map((name) => {
    const part = allParts.find((candidate) => candidate.name === name);
    if (part !== undefined) return part;
    throw new Error(`no part ${name}; there are ${allParts.map((candidate) => candidate.name).join(', ')}`);
  });
}

function brokerKind(name: string): BrokerKind {
  if (name === 'kafka' || name === 'millrace') return name;
  throw new Error(`--against takes millrace or kafka, not ${name}`);
}
