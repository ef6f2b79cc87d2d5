// Real Kafka clients and tools against a broker: `npm run test:compat -- [--only part,...] [--against millrace|kafka]`.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrokerKind, BrokerProcess } from './broker-process.ts';
import { killAll } from './child.ts';
import { cache, install, millraceCommand, type Tool } from './install.ts';
import { admin, adminConsumerProtocol } from './parts/admin.ts';
import { compaction } from './parts/compaction.ts';
import { consoleTools, ourTools } from './parts/console-tools.ts';
import { course } from './parts/course.ts';
import { crashes } from './parts/crash.ts';
import { Probe } from './parts/java.ts';
import { packaged } from './parts/package.ts';
import type { Part } from './parts/part.ts';
import { quickstart } from './parts/quickstart.ts';
import { rebalances } from './parts/rebalance.ts';
import { roundTrips } from './parts/round-trip.ts';
import { type Check, Report } from './report.ts';

const allParts: readonly Part[] = [
  ...roundTrips,
  course,
  ...crashes,
  ...rebalances,
  admin,
  adminConsumerProtocol,
  compaction,
  consoleTools,
  ourTools,
  packaged,
  quickstart,
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
  const missing = await installAll(new Set(parts.flatMap((part) => toolsOf(part, kind))), report);
  for (const part of parts) await runPart(part, kind, values.record, missing, report);
  console.log(`\nagainst ${kind}, ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
  console.log(`${report.passed} passed, ${report.failed} failed`);
  return report.failed === 0 ? 0 : 1;
}

/** Installs what the parts need, all at once, and returns the tools that could not be: each is a failed check. */
async function installAll(tools: ReadonlySet<Tool>, report: Report): Promise<Set<Tool>> {
  const installed = new Map([...tools].map((tool) => [tool, install(tool).catch((error: unknown) => error)]));
  const missing = new Set<Tool>();
  const checks = [...installed].map(([tool, outcome]) => ({
    name: `${tool} is here or can be installed`,
    run: async () => {
      const error = await outcome;
      if (error === undefined) return;
      missing.add(tool);
      throw error;
    },
  }));
  await report.part('what the clients need', checks);
  return missing;
}

async function runPart(
  part: Part,
  kind: BrokerKind,
  isRecording: boolean,
  missing: ReadonlySet<Tool>,
  report: Report,
): Promise<void> {
  const directory = join(cache, 'runs', part.name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const { subcommand = 'broker', overrides = {}, program = millraceCommand() } = part;
  const broker = new BrokerProcess({ kind, directory, subcommand, overrides, program });
  const start = async () => {
    const absent = toolsOf(part, kind).filter((tool) => missing.has(tool));
    if (absent.length > 0) throw new Error(`not run: ${absent.join(' and ')} is missing`);
    await broker.start();
  };
  const checks: readonly Check[] = [
    { name: 'the broker starts on an empty folder', gates: true, run: start },
    ...part.checks({ broker, kind, directory, isRecording, probe: new Probe(() => broker.bootstrap) }),
    { name: 'the broker stops in order', run: () => broker.stop() },
  ];
  try {
    await report.part(part.name, checks, broker);
  } finally {
    killAll();
  }
}

function toolsOf(part: Part, kind: BrokerKind): readonly Tool[] {
  return kind === 'kafka' ? [...new Set<Tool>(['java', ...part.tools])] : part.tools;
}

function chosen(only: string | undefined, kind: BrokerKind): readonly Part[] {
  if (only === undefined)
    return allParts.filter(
      ({ onlyByName, isOurs }) => onlyByName !== true && (kind === 'millrace' || isOurs !== true),
    );
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
