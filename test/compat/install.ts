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
import { nodeEnvironment, npm } from './npm.ts';

/** What a part needs before it can run. */
export type Tool = 'kcat' | 'confluent-kafka' | 'npm-clients' | 'franz-go' | 'java' | 'package';

/** The folder of the project. */
export const projectRoot: string = join(import.meta.dirname, '../..');

/** Everything that is installed or written goes below this folder, which git ignores. */
export const cache: string = join(import.meta.dirname, '.cache');

const clients = join(import.meta.dirname, 'clients');
const confluentKafkaVersion = '2.16.1';
const npmPackages: Readonly<Record<string, string>> = {
  '@platformatic/kafka': '2.12.1',
  kafkajs: '2.2.4',
  'kafkajs-snappy': '1.1.0',
  'lz4-napi': '2.10.0',
};

const pythonDirectory = join(cache, `confluent-kafka-${confluentKafkaVersion}`);
const npmDirectory = join(cache, 'npm');

/** Where the packed package is installed, as a user would. */
export const packageDirectory: string = join(cache, 'package');

const javaDirectory = join(cache, 'java');
const archive = join(javaDirectory, 'classes.jsa');
const argumentFile = join(javaDirectory, 'java.args');
const goProgram = join(cache, 'go/franz-go');
const kcatDirectory = join(cache, 'kcat');

/** Installs one tool into the cache, or finds it there. Throws with a sentence about what is missing. */
export async function install(tool: Tool): Promise<void> {
  mkdirSync(cache, { recursive: true });
  await installers[tool]();
}

const installers: Readonly<Record<Tool, () => Promise<void>>> = {
  kcat: installKcat,
  'confluent-kafka': installConfluentKafka,
  'npm-clients': installNpmClients,
  'franz-go': installFranzGo,
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

/** A Python that has confluent-kafka, running a program of `clients/confluent-kafka`. */
export function pythonCommand(program: string): Command {
  const script = join(clients, 'confluent-kafka', program);
  const interpreter = join(pythonDirectory, 'bin/python');
  if (existsSync(interpreter)) return { command: interpreter, args: ['-u', script] };
  return { command: 'python3', args: ['-u', script], env: { PYTHONPATH: pythonDirectory } };
}

/** This Node running a program of `clients/`, copied beside the installed packages so that its imports resolve. */
export function nodeCommand(client: 'kafkajs' | 'platformatic', program: string): Command {
  const copy = join(npmDirectory, `${client}-${program}`);
  copyFileSync(join(clients, client, program), copy);
  return { command: process.execPath, args: ['--no-warnings', copy] };
}

/** The program of `clients/franz-go`. */
export function goCommand(): Command {
  return { command: goProgram, args: [] };
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

async function installConfluentKafka(): Promise<void> {
  if (await hasConfluentKafka()) return;
  rmSync(pythonDirectory, { recursive: true, force: true });
  const requirement = `confluent-kafka==${confluentKafkaVersion}`;
  const isVenv = (await run('python3', ['-m', 'venv', pythonDirectory], { timeoutMs: 120_000 })).code === 0;
  if (!isVenv) rmSync(pythonDirectory, { recursive: true, force: true });
  const python = isVenv ? join(pythonDirectory, 'bin/python') : 'python3';
  const target = isVenv ? [] : ['--target', pythonDirectory];
  const pip = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', ...target, requirement];
  await runOk(python, pip, { timeoutMs: 240_000 });
  if (!(await hasConfluentKafka())) throw new Error(`${requirement} was installed but cannot be imported`);
}

async function hasConfluentKafka(): Promise<boolean> {
  if (!existsSync(pythonDirectory)) return false;
  const { command, env } = pythonCommand('');
  const program = 'import confluent_kafka; print(confluent_kafka.version()[0])';
  return (await run(command, ['-c', program], env === undefined ? {} : { env })).code === 0;
}

async function installNpmClients(): Promise<void> {
  const manifest = JSON.stringify({ private: true, dependencies: npmPackages }, null, 2);
  const stamp = join(npmDirectory, 'installed.json');
  if (existsSync(stamp) && (await run('cmp', ['-s', stamp, join(npmDirectory, 'package.json')])).code === 0)
    return;
  rmSync(npmDirectory, { recursive: true, force: true });
  mkdirSync(npmDirectory, { recursive: true });
  writeFileSync(join(npmDirectory, 'package.json'), manifest);
  await npm(npmDirectory, 'install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts');
  writeFileSync(stamp, manifest);
}

/** Go builds again only what has changed. Versions and checksums are those of `clients/franz-go/go.mod` and `go.sum`. */
async function installFranzGo(): Promise<void> {
  if ((await run('go', ['version'])).code !== 0)
    throw new Error('go is not on this machine (Go 1.26 is needed)');
  const env = {
    GOMODCACHE: join(cache, 'go/modules'),
    GOCACHE: join(cache, 'go/build'),
    GOFLAGS: '-modcacherw -buildvcs=false',
  };
  await runOk('go', ['build', '-o', goProgram, '.'], {
    cwd: join(clients, 'franz-go'),
    env,
    timeoutMs: 240_000,
  });
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
  await runOk('javac', ['-nowarn', '-proc:none', '-cp', classPath(), '-d', classes, ...programs]);
  copyFileSync(join(clients, 'java/log4j2.xml'), join(classes, 'log4j2.xml'));
  await runOk('jar', ['--create', '--file', join(javaDirectory, 'lib/compat.jar'), '-C', classes, '.']);
  const jvm = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xlog:disable', '-cp', classPath()];
  await runOk('java', [`-XX:ArchiveClassesAtExit=${archive}`, ...jvm, 'WarmUp']);
  writeFileSync(argumentFile, `${[`-XX:SharedArchiveFile=${archive}`, ...jvm].join('\n')}\n`);
  writeFileSync(stamp, version);
}

function classPath(): string {
  // An archive of classes takes jars only, named, in the same order each time.
  return globSync(join(javaDirectory, 'lib/*.jar')).sort().join(delimiter);
}
