import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../child.ts';
import { RegistryProcess } from '../registry-process.ts';
import { type Check, expectEqual } from '../report.ts';
import type { Part, PartContext } from './part.ts';

const registrationCount = 10_000;
/** Registrations that have been answered when the primary is killed. */
const killAfter = 3_000;
const concurrency = 100;
const patienceMs = 60_000;

/** The primary of three registries is killed while schemas are registered: no id is given twice, none is lost. */
export const registryKill: Part = {
  name: 'registry-kill',
  tools: [],
  isOurs: true,
  overrides: { 'group.initial.rebalance.delay.ms': '0' },
  checks: (context) => new RegistryKill(context).checks(),
};

/** What a subject has: its only version's id and text. */
type Subjects = Readonly<Record<string, readonly [id: number, schema: string]>>;

class RegistryKill {
  readonly #context: PartContext;
  #registries: RegistryProcess[] = [];
  #primary: RegistryProcess | undefined;
  /** The id that was acknowledged for each subject. */
  readonly #acknowledged = new Map<string, number>();
  #retries = 0;

  constructor(context: PartContext) {
    this.#context = context;
  }

  checks(): readonly Check[] {
    const steps: readonly [string, () => Promise<void>][] = [
      ['three registries elect a primary', () => this.#start()],
      [
        `${registrationCount} registrations are answered though the primary is killed in the middle of them`,
        () => this.#registerAll(),
      ],
      ['no id has two schemas and no schema two ids', () => this.#checkIds()],
      [
        'every registry has every subject with its acknowledged id, one that starts anew too',
        () => this.#compare(),
      ],
      ['the registries stop in order', () => this.#stop()],
    ];
    return steps.map(([name, run]) => ({ name, gates: true, run }));
  }

  async #start(): Promise<void> {
    this.#registries = await Promise.all(['a', 'b', 'c'].map((name) => this.#startOne(name)));
    this.#primary = await until('a primary', 20_000, () => this.#findPrimary());
  }

  #startOne(name: string): Promise<RegistryProcess> {
    const { broker, directory } = this.#context;
    return RegistryProcess.start({ bootstrap: broker.bootstrap, directory, name });
  }

  /** Only the primary takes a write that was forwarded already. */
  async #findPrimary(): Promise<RegistryProcess | undefined> {
    for (const registry of this.#registries) {
      const { status } = await fetch(`${registry.url}/config/nobody`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', 'x-forward': 'true' },
        body: '{"compatibility":"NONE"}',
      });
      if (status === 200) return registry;
    }
    return undefined;
  }

  async #registerAll(): Promise<void> {
    let next = 0;
    let killing: Promise<void> | undefined;
    const lane = async () => {
      for (let index = next++; index < registrationCount; index = next++) {
        this.#acknowledged.set(subjectOf(index), await this.#register(index));
        if (this.#acknowledged.size === killAfter) killing = this.#primary?.kill();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
    await killing;
    expectEqual('the killed primary runs', this.#primary?.isRunning, false);
    if (this.#retries === 0) throw new Error('no registration noticed that the primary was killed');
  }

  /** As clients do, it asks the next registry when one cannot answer. */
  async #register(index: number): Promise<number> {
    const deadline = performance.now() + patienceMs;
    for (let attempt = index; ; attempt += 1) {
      const registry = this.#registries[attempt % this.#registries.length];
      const answer = await post(registry?.url ?? '', index);
      if (answer.status === 200) return answer.id;
      if (answer.status < 500 || performance.now() > deadline)
        throw new Error(`registration ${index} was answered with ${answer.status}: ${answer.text}`);
      this.#retries += 1;
      await sleep(100);
    }
  }

  async #checkIds(): Promise<void> {
    expectEqual('answers', this.#acknowledged.size, registrationCount);
    const schemas = new Map<number, string>();
    const ids = new Map<string, number>();
    for (let index = 0; index < registrationCount; index += 1) {
      const [schema, id = -1] = [schemaOf(index), this.#acknowledged.get(subjectOf(index))];
      expectEqual(`the schema of id ${id}`, schemas.get(id) ?? schema, schema);
      expectEqual(`the id of ${schema}`, ids.get(schema) ?? id, id);
      schemas.set(id, schema);
      ids.set(schema, id);
    }
  }

  async #compare(): Promise<void> {
    const wanted: Record<string, readonly [number, string]> = {};
    for (let index = 0; index < registrationCount; index += 1)
      wanted[subjectOf(index)] = [this.#acknowledged.get(subjectOf(index)) ?? -1, schemaOf(index)];
    this.#registries = this.#registries.filter((registry) => registry !== this.#primary);
    this.#registries.push(await this.#startOne('d'));
    for (const registry of this.#registries) {
      const subjects = await subjectsOf(registry.url);
      for (const [subject, entry] of Object.entries(wanted))
        expectEqual(`${subject} at ${registry.url}`, subjects[subject], entry);
      expectEqual(`subjects at ${registry.url}`, Object.keys(subjects).length, registrationCount);
    }
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#registries.map((registry) => registry.stop()));
  }
}

/** Every fifth schema is that of the registration before it, which another registry has at the same moment. */
function schemaOf(index: number): string {
  const number = index % 5 === 4 ? index - 1 : index;
  return JSON.stringify({
    type: 'record',
    name: `R${number}`,
    fields: [{ name: `field${number % 7}`, type: 'string' }],
  });
}

function subjectOf(index: number): string {
  return `subject-${index}`;
}

async function post(url: string, index: number): Promise<{ status: number; id: number; text: string }> {
  try {
    const response = await fetch(`${url}/subjects/${subjectOf(index)}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema: schemaOf(index) }),
    });
    const text = await response.text();
    const id = response.status === 200 ? (JSON.parse(text) as { id: number }).id : -1;
    return { status: response.status, id, text };
  } catch (error) {
    // The process is gone, or went while it answered.
    return { status: 503, id: -1, text: String(error) };
  }
}

/** All subjects; each has one version, or this throws. */
async function subjectsOf(url: string): Promise<Subjects> {
  const subjects: Record<string, readonly [number, string]> = {};
  for (let offset = 0; ; offset += 1_000) {
    const response = await fetch(`${url}/schemas?deleted=true&limit=1000&offset=${offset}`);
    const page = (await response.json()) as {
      subject: string;
      version: number;
      id: number;
      schema: string;
    }[];
    for (const { subject, version, id, schema } of page) {
      expectEqual(`version of ${subject}`, version, 1);
      subjects[subject] = [id, schema];
    }
    if (page.length < 1_000) return subjects;
  }
}
