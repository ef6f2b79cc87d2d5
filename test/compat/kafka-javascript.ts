import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, runOk } from './child.ts';
import { installPackages, npm } from './npm.ts';
import { cache, clients } from './places.ts';

const version = '1.10.1';
/** The release of librdkafka that its sources are for: that of the Python client of the same number. */
const librdkafkaVersion = '2.15.1';

/** Where @confluentinc/kafka-javascript is installed. */
export const kafkaJavascriptDirectory: string = join(cache, 'kafka-javascript');

const headersDirectory = join(cache, 'node-headers');

/**
 * Installs @confluentinc/kafka-javascript. Its own script fetches a binary from GitHub, or what librdkafka is built with
 * from five other hosts. Here the addon is compiled from the sources in its package, in half a minute, and linked with the
 * librdkafka of that release that Confluent has built for its Python client.
 */
export async function installKafkaJavascript(): Promise<void> {
  await installPackages(kafkaJavascriptDirectory, { '@confluentinc/kafka-javascript': version });
  if ((await loaded()) === librdkafkaVersion) return;
  for (const program of ['g++', 'make'])
    if ((await run(program, ['--version'])).code !== 0)
      throw new Error(`${program} is not on this machine (it compiles the addon of kafka-javascript)`);
  const [headers, library] = await Promise.all([nodeHeaders(), librdkafka()]);
  const variables = [
    `LIBRARY=${library}`,
    `HEADERS=${headers}`,
    `NAN=${join(kafkaJavascriptDirectory, 'node_modules/nan')}`,
  ];
  const makefile = join(clients, 'confluent-kafka-javascript/Makefile');
  await runOk('make', ['--jobs=2', '--silent', `--file=${makefile}`, ...variables], {
    cwd: join(kafkaJavascriptDirectory, 'node_modules/@confluentinc/kafka-javascript'),
    timeoutMs: 240_000,
  });
  const built = await loaded();
  if (built !== librdkafkaVersion)
    throw new Error(`kafka-javascript was compiled but says: ${built}, not librdkafka ${librdkafkaVersion}`);
}

/** The release of librdkafka that it tells when it is loaded, or why it cannot be. */
async function loaded(): Promise<string> {
  const program = "process.stdout.write(require('@confluentinc/kafka-javascript').librdkafkaVersion)";
  const { code, stdout, stderr } = await run(process.execPath, ['--no-warnings', '-e', program], {
    cwd: kafkaJavascriptDirectory,
  });
  return code === 0 ? stdout : stderr.trim();
}

/** The headers of the Node that runs this: beside it, or those in the package that has this Node. */
async function nodeHeaders(): Promise<string> {
  const { versions, platform, arch } = process;
  const beside = join(dirname(process.execPath), '../include/node');
  if (isOfThisNode(beside)) return beside;
  const directory = join(headersDirectory, versions.node);
  const headers = join(directory, 'package/include/node');
  if (isOfThisNode(headers)) return headers;
  mkdirSync(directory, { recursive: true });
  await npm(directory, 'pack', `node-${platform}-${arch}@${versions.node}`);
  const [tarball = ''] = globSync('*.tgz', { cwd: directory });
  await runOk('tar', ['-xzf', tarball, 'package/include'], { cwd: directory });
  rmSync(join(directory, tarball), { force: true });
  if (isOfThisNode(headers)) return headers;
  throw new Error(`npm has no headers of Node ${versions.node} for ${platform} ${arch}`);
}

function isOfThisNode(headers: string): boolean {
  const file = join(headers, 'node_version.h');
  if (!existsSync(file)) return false;
  const text = readFileSync(file, 'utf8');
  const [major, minor] = process.versions.node.split('.');
  return [`NODE_MAJOR_VERSION ${major}`, `NODE_MINOR_VERSION ${minor}`].every((define) =>
    text.split('\n').includes(`#define ${define}`),
  );
}

/** The library in the wheel of confluent-kafka, which needs nothing but libc. */
async function librdkafka(): Promise<string> {
  const directory = join(cache, `librdkafka-${librdkafkaVersion}`);
  const found = () => globSync(join(directory, 'confluent_kafka.libs/librdkafka*.so*'))[0];
  const there = found();
  if (there !== undefined) return there;
  rmSync(directory, { recursive: true, force: true });
  const wheel = ['--no-deps', '--target', directory, `confluent-kafka==${librdkafkaVersion}`];
  const pip = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', ...wheel];
  await runOk('python3', pip, { timeoutMs: 240_000 });
  const installed = found();
  if (installed !== undefined) return installed;
  throw new Error(`the wheel of confluent-kafka ${librdkafkaVersion} has no librdkafka.so for this machine`);
}
