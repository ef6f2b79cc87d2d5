import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, runOk } from './child.ts';
import { type GoClient, installGo } from './go.ts';
import { installKafkaJavascript, kafkaJavascriptDirectory } from './kafka-javascript.ts';
import { installPackages, nodeEnvironment, npm } from './npm.ts';
import { cache, clients, projectRoot } from './places.ts';
import { installPython, type PythonClient } from './python.ts';

/** What a part needs before it can run. */
export type Tool =
  | 'kcat'
  | 'kafka-javascript'
  | 'npm-clients'
  | 'registry-npm'
  | PythonClient
  | GoClient
  | 'java'
  | 'package';

const npmPackages: Readonly<Record<string, string>> = {
  '@platformatic/kafka': '2.12.1',
  kafkajs: '2.2.4',
  'kafkajs-snappy': '1.1.0',
  'lz4-napi': '2.10.0',
};
/** Serializers in JavaScript; kafkajs carries what they make. */
const registryPackages: Readonly<Record<string, string>> = {
  '@bufbuild/protobuf': '2.17.0',
  '@confluentinc/schemaregistry': '1.10.1',
  '@kafkajs/confluent-schema-registry': '4.1.0',
  kafkajs: '2.2.4',
};

const npmDirectory = join(cache, 'npm');
const registryNpmDirectory = join(cache, 'registry-npm');

/** Where the packed package is installed, as a user would. */
export const packageDirectory: string = join(cache, 'package');

const javaDirectory = join(cache, 'java');
const archive = join(javaDirectory, 'classes.jsa');
const argumentFile = join(javaDirectory, 'java.args');
const kcatDirectory = join(cache, 'kcat');

/** Installs one tool into the cache, or finds it there. Throws with a sentence about what is missing. */
export async function install(tool: Tool): Promise<void> {
  mkdirSync(cache, { recursive: true });
  await installers[tool]();
}

const installers: Readonly<Record<Tool, () => Promise<void>>> = {
  kcat: installKcat,
  'confluent-kafka': () => installPython('confluent-kafka'),
  aiokafka: () => installPython('aiokafka'),
  'kafka-python': () => installPython('kafka-python'),
  'kafka-javascript': installKafkaJavascript,
  'npm-clients': () => installPackages(npmDirectory, npmPackages),
  'registry-python': () => installPython('registry-python'),
  'schemas-python': () => installPython('schemas-python'),
  'registry-npm': () => installPackages(registryNpmDirectory, registryPackages),
  'franz-go': () => installGo('franz-go'),
  'kafka-go': () => installGo('kafka-go'),
  sarama: () => installGo('sarama'),
  java: installJava,
  package: installPackage,
};

/** A program and the environment that it needs. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The `millrace` command of the sources. */
export function millraceCommand(): Command {
  return { command: process.execPath, args: [join(projectRoot, 'runtime/bin.ts')] };
}

/** The `millrace` command of the installed package. */
export function packagedCommand(): Command {
  return { command: join(packageDirectory, 'node_modules/.bin/millrace'), args: [], env: nodeEnvironment };
}

/** kcat: the system's own, or Debian's package unpacked into the cache. */
export function kcatCommand(): Command {
  const unpacked = join(kcatDirectory, 'root/usr/bin/kcat');
  if (!existsSync(unpacked)) return { command: 'kcat', args: [] };
  const libraries = globSync(join(kcatDirectory, 'root/{usr/,}lib/*-linux-*')).join(':');
  return { command: unpacked, args: [], env: { LD_LIBRARY_PATH: libraries } };
}

/** This Node running one of the programs of `clients/registry` with its serializers. */
export function registryNodeCommand(client: 'confluent' | 'kafkajs'): Command {
  for (const program of [client, 'transport'])
    copyFileSync(
      join(clients, `registry/${program}.mjs`),
      join(registryNpmDirectory, `registry-${program}.mjs`),
    );
  const program = join(registryNpmDirectory, `registry-${client}.mjs`);
  return { command: process.execPath, args: ['--no-warnings', program] };
}

/** This Node running a program of `clients/`, copied beside the installed packages so that its imports resolve. */
export function nodeCommand(
  client: 'confluent-kafka-javascript' | 'kafkajs' | 'platformatic',
  program: string,
): Command {
  const directory = client === 'confluent-kafka-javascript' ? kafkaJavascriptDirectory : npmDirectory;
  const copy = join(directory, `${client}-${program}`);
  copyFileSync(join(clients, client, program), copy);
  return { command: process.execPath, args: ['--no-warnings', copy] };
}

/** Settings of a JVM; the log goes to stderr. */
export interface JvmOptions {
  readonly heapMb?: number;
  readonly log?: 'INFO' | 'WARN' | 'OFF';
}

/** Arguments for `java` that run a main class of Kafka's jars or of `clients/java`. */
export function javaArgs(mainClass: string, args: readonly string[], options: JvmOptions = {}): string[] {
  return [
    `-Xmx${options.heapMb ?? 128}m`,
    `-Dcompat.log.level=${options.log ?? 'OFF'}`,
    `@${argumentFile}`,
    mainClass,
    ...args,
  ];
}

async function installKcat(): Promise<void> {
  if ((await run('kcat', ['-V'])).code === 0 || (await isKcatUnpacked())) return;
  rmSync(kcatDirectory, { recursive: true, force: true });
  for (const packages of [
    ['kcat', 'librdkafka1', 'libyajl2'],
    ['liblz4-1', 'libsasl2-2', 'libssl3', 'libzstd1', 'zlib1g'],
  ]) {
    await unpackDebs(packages);
    if (await isKcatUnpacked()) return;
  }
  const { command, env } = kcatCommand();
  const shown = await run(command, ['-V'], env === undefined ? {} : { env });
  throw new Error(`kcat was unpacked but does not start: ${shown.stderr.trim()}`);
}

async function isKcatUnpacked(): Promise<boolean> {
  const { command, env } = kcatCommand();
  return command !== 'kcat' && (await run(command, ['-V'], env === undefined ? {} : { env })).code === 0;
}

async function unpackDebs(packages: readonly string[]): Promise<void> {
  const debs = join(kcatDirectory, 'debs');
  mkdirSync(debs, { recursive: true });
  const download = ['download', ...packages];
  if ((await run('apt-get', download, { cwd: debs, timeoutMs: 120_000 })).code !== 0) {
    // Without root, or with package lists that were cleaned away, apt works on lists of its own.
    const state = join(kcatDirectory, 'apt');
    mkdirSync(join(state, 'lists/partial'), { recursive: true });
    mkdirSync(join(state, 'archives/partial'), { recursive: true });
    const own = [
      '-o',
      `Dir::State::Lists=${state}/lists`,
      '-o',
      `Dir::Cache=${state}`,
      '-o',
      'APT::Sandbox::User=',
    ];
    await runOk('apt-get', [...own, 'update'], { cwd: debs, timeoutMs: 180_000 });
    await runOk('apt-get', [...own, ...download], { cwd: debs, timeoutMs: 120_000 });
  }
  for (const deb of readdirSync(debs))
    await runOk('dpkg', ['-x', join(debs, deb), join(kcatDirectory, 'root')]);
}

/** Builds and packs the project each time, and installs the tarball into an empty folder. */
async function installPackage(): Promise<void> {
  rmSync(packageDirectory, { recursive: true, force: true });
  mkdirSync(packageDirectory, { recursive: true });
  await npm(projectRoot, 'pack', '--pack-destination', packageDirectory);
  const [tarball] = globSync('*.tgz', { cwd: packageDirectory });
  if (tarball === undefined) throw new Error('npm pack has written no tarball');
  writeFileSync(join(packageDirectory, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await npm(
    packageDirectory,
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    join(packageDirectory, tarball),
  );
}

async function installJava(): Promise<void> {
  for (const program of ['java', 'javac', 'jar', 'mvn']) {
    const { code } = await run(program, [
      program === 'java' || program === 'javac' ? '-version' : '--version',
    ]);
    if (code !== 0) throw new Error(`${program} is not on this machine (a JDK 17 and Maven are needed)`);
  }
  const pom = join(clients, 'java/pom.xml');
  const stamp = join(javaDirectory, 'pom.xml');
  if (!existsSync(stamp) || (await run('cmp', ['-s', stamp, pom])).code !== 0) {
    rmSync(javaDirectory, { recursive: true, force: true });
    const settings = [
      `-Dmaven.repo.local=${join(cache, 'm2')}`,
      `-DoutputDirectory=${join(javaDirectory, 'lib')}`,
    ];
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
    await runOk('mvn', ['-q', '-B', '-f', pom, ...settings, ...goal], { timeoutMs: 300_000 });
    copyFileSync(pom, stamp);
  }
  await compileJava();
}

/** Compiles `clients/java` when it has changed, and makes an archive of classes that halves the start of each JVM. */
async function compileJava(): Promise<void> {
  const sources = globSync(join(clients, 'java/*.{java,xml}')).sort();
  const digest = createHash('sha256');
  for (const source of sources) digest.update(readFileSync(source));
  const stamp = join(javaDirectory, 'compiled.txt');
  const version = digest.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return;
  const classes = join(javaDirectory, 'classes');
  rmSync(classes, { recursive: true, force: true });
  rmSync(archive, { force: true });
  const programs = sources.filter((source) => source.endsWith('.java'));
  const flags = ['-nowarn', '-proc:none', '-encoding', 'UTF-8', '-cp', classPath(), '-d', classes];
  await runOk('javac', [...flags, ...programs], { timeoutMs: 180_000 });
  copyFileSync(join(clients, 'java/log4j2.xml'), join(classes, 'log4j2.xml'));
  await runOk('jar', ['--create', '--file', join(javaDirectory, 'lib/compat.jar'), '-C', classes, '.']);
  // Whatever the locale of the machine says: an empty one is ASCII.
  const encoding = '-Dfile.encoding=UTF-8';
  const jvm = [encoding, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xlog:disable', '-cp', classPath()];
  await runOk('java', [`-XX:ArchiveClassesAtExit=${archive}`, ...jvm, 'WarmUp'], { timeoutMs: 180_000 });
  writeFileSync(argumentFile, `${[`-XX:SharedArchiveFile=${archive}`, ...jvm].join('\n')}\n`);
  writeFileSync(stamp, version);
}

function classPath(): string {
  // An archive of classes takes jars only, named, in the same order each time.
  return globSync(join(javaDirectory, 'lib/*.jar')).sort().join(delimiter);
}
