import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOk } from '../child.ts';
import { type Command, registryNodeCommand, type Tool } from '../install.ts';
import { OurSerdes } from '../our-serdes.ts';
import { pythonCommand } from '../python.ts';
import { type Check, expectEqual } from '../report.ts';
import type { Part, PartContext } from './part.ts';
import { type Customer, descriptors, type Form, schemas, values } from './registry-plan.ts';

/** Where a record names its schema. */
type Location = 'prefix' | 'header';

interface Step {
  readonly action: 'write' | 'read' | 'refuse';
  readonly topic: string;
  readonly form: Form;
  readonly location: Location;
}

interface RegistryClientProgram {
  readonly name: string;
  readonly tool: Tool;
  readonly command: () => Command;
  readonly locations: readonly Location[];
  /** True for clients that can be told to read everything as the second version of the schema. */
  readonly hasReaderSchema: boolean;
}

const programs: readonly RegistryClientProgram[] = [
  {
    name: 'confluent-kafka',
    tool: 'registry-python',
    command: () => pythonCommand('registry-python', 'program.py'),
    locations: ['prefix', 'header'],
    hasReaderSchema: true,
  },
  {
    name: 'confluent-schemaregistry',
    tool: 'registry-npm',
    command: () => registryNodeCommand('confluent'),
    locations: ['prefix', 'header'],
    hasReaderSchema: true,
  },
  {
    name: 'kafkajs-confluent-schema-registry',
    tool: 'registry-npm',
    command: () => registryNodeCommand('kafkajs'),
    locations: ['prefix'],
    hasReaderSchema: false,
  },
];

const forms: readonly Form[] = ['avro', 'json', 'protobuf'];

/** Serializers of others and ours, through our broker and our registry: what one writes the other reads. */
export const registryClients: Part = {
  name: 'registry-clients',
  tools: [...new Set(programs.map(({ tool }) => tool))],
  subcommand: 'start',
  isOurs: true,
  checks: (context) => programs.flatMap((program) => new RegistryClients(context, program).checks()),
};

class RegistryClients {
  readonly #context: PartContext;
  readonly #program: RegistryClientProgram;
  readonly #answers = new Map<string, Record<string, unknown>>();

  constructor(context: PartContext, program: RegistryClientProgram) {
    this.#context = context;
    this.#program = program;
  }

  checks(): readonly Check[] {
    const { name, locations } = this.#program;
    const each = forms.flatMap((form) => locations.map((location) => ({ form, location })));
    return [
      { name: `${name} runs on what ours have written`, gates: true, run: () => this.#run(each) },
      ...each.flatMap(({ form, location }) => [
        {
          name: `${name} reads what our ${form} serializer writes, schema in the ${location}`,
          run: () => this.#checkRead(form, location),
        },
        {
          name: `ours reads what ${name} writes in ${form}, schema in the ${location}`,
          run: () => this.#checkWritten(form, location),
        },
      ]),
      ...forms.map((form) => ({
        name: `${name} is told that a ${form} schema is incompatible`,
        run: () => this.#checkRefused(form),
      })),
    ];
  }

  async #run(each: readonly { readonly form: Form; readonly location: Location }[]): Promise<void> {
    await using ours = this.#ours();
    for (const { form, location } of each) {
      await ours.createTopic(this.#topic('theirs', form, location));
      await ours.createTopic(this.#topic('ours', form, location));
      await ours.write(this.#topic('ours', form, location), form, location);
    }
    const steps: Step[] = each.flatMap(({ form, location }) => [
      { action: 'write', topic: this.#topic('theirs', form, location), form, location },
      { action: 'read', topic: this.#topic('ours', form, location), form, location },
    ]);
    for (const form of forms)
      steps.push({
        action: 'refuse',
        topic: this.#topic('theirs', form, 'prefix'),
        form,
        location: 'prefix',
      });
    const plan = join(this.#context.directory, `${this.#program.name}.json`);
    const { bootstrap, registryUrl: registry } = this.#context.broker;
    const count = values.flat().length + 1;
    writeFileSync(
      plan,
      JSON.stringify({ bootstrap, registry, schemas, descriptors, values, count, steps }, null, 1),
    );
    const { command, args, env } = this.#program.command();
    const { stdout } = await runOk(command, [...args, plan], {
      ...(env !== undefined && { env }),
      timeoutMs: 90_000,
    });
    for (const line of stdout.split('\n').filter((text) => text.startsWith('{'))) {
      const answer = JSON.parse(line) as Record<string, unknown>;
      const { event, topic } = answer;
      this.#answers.set(`${event === 'refused' || event === 'taken' ? 'refuse ' : ''}${topic}`, answer);
    }
  }

  async #checkRead(form: Form, location: Location): Promise<void> {
    const answer = this.#answerOf('ours', form, location);
    const read = answer['values'] as readonly (Customer | null)[];
    expectEqual('values', read.map(plain), [...values.flat(), null].map(plain));
    if (form === 'avro' && this.#program.hasReaderSchema)
      expectEqual('the default of the second version', read[0]?.['email'], null);
  }

  async #checkWritten(form: Form, location: Location): Promise<void> {
    const topic = this.#topic('theirs', form, location);
    const answer = this.#answerOf('theirs', form, location);
    expectEqual('undelivered', [answer['left'], answer['problems']], [0, []]);
    await using ours = this.#ours();
    const read = await ours.read(topic, form, values.flat().length + 1);
    expectEqual('values', read.map(plain), [...values.flat(), null].map(plain));
    expectEqual('versions of the subject', await ours.versions(`${topic}-value`), [1, 2]);
  }

  async #checkRefused(form: Form): Promise<void> {
    const answer = this.#answers.get(`refuse ${this.#topic('theirs', form, 'prefix')}`);
    expectEqual('event and status', [answer?.['event'], answer?.['status']], ['refused', 409]);
    const told = /is incompatible with an earlier schema for subject/.test(String(answer?.['message']));
    expectEqual(`the reason is told: ${answer?.['message']}`, told, true);
  }

  #answerOf(side: 'ours' | 'theirs', form: Form, location: Location): Record<string, unknown> {
    const answer = this.#answers.get(this.#topic(side, form, location));
    if (answer === undefined || answer['event'] === 'failed')
      throw new Error(String(answer?.['error'] ?? 'the program said nothing about it'));
    return answer;
  }

  #ours(): OurSerdes {
    const { bootstrap, registryUrl } = this.#context.broker;
    return new OurSerdes(bootstrap, registryUrl);
  }

  #topic(side: 'ours' | 'theirs', form: Form, location: Location): string {
    return `${side}-${this.#program.name}-${form}-${location}`;
  }
}

/** Clients tell 64-bit integers and fields that were not set in different ways. */
function plain(value: unknown): unknown {
  if (value === null) return null;
  const { name, visits, score = 0, tags = [], address, email } = value as Customer;
  const number = typeof visits === 'number' || typeof visits === 'string' ? Number(visits) : visits;
  const told = email === '' || email === null ? undefined : email;
  return { name, visits: number, score, tags, address, ...(told !== undefined && { email: told }) };
}
