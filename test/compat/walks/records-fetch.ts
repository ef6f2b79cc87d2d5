import { type Encodable, fetchRequest } from '../../../kafka/protocol/index.ts';
import type { Answer } from '../wire/answer.ts';
import { headersOf } from './records-batches.ts';
import { offsetFrom, targetsFrom, type WalkSession, type WalkTopic, type World } from './records-world.ts';

const versions = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];
const sessionsSince = 7;
const currentEpochSince = 9;
const lastEpochSince = 12;
const idsSince = 13;

/** In one session there are only versions that know the same fields. */
const ranges = { early: [7, 8, 9, 10, 11], withNames: [12], withIds: [13, 14, 15, 16, 17, 18] };

function rangeOf(version: number): readonly number[] {
  if (version >= idsSince) return ranges.withIds;
  return version >= lastEpochSince ? ranges.withNames : ranges.early;
}

function usesTopicIds({ versions }: WalkSession): boolean {
  return versions.includes(idsSince);
}

type Request = Encodable<typeof fetchRequest>;

/** A fetch of some partitions, without a session. */
export async function fetchSome(world: World): Promise<void> {
  const version = world.dice.pick(versions);
  const { topics, whats, isExact } = wishFrom(world, version);
  await ask(world, version, whats.join('; '), { ...limitsFrom(world, isExact, whats.length), topics });
}

/** A new session, the next fetch of one, or a wrong one. */
export async function fetchInSession(world: World): Promise<void> {
  const { dice, sessions } = world;
  const session = dice.chance(85) ? sessions.at(-1 - dice.below(3)) : undefined;
  if (session === undefined) {
    await openSession(world);
    return;
  }
  const others = usesTopicIds(session) ? ranges.withNames : ranges.withIds;
  const version = dice.pick(dice.chance(95) ? session.versions : others);
  const wish = dice.chance(40)
    ? { topics: [], whats: ['no change'], isExact: true }
    : wishFrom(world, version);
  const forgotten = dice.chance(20) ? targetsFrom(world, (_topic, partition) => partition) : [];
  const epoch = dice.chance(88) ? session.nextEpoch : dice.pick([0, -1, session.nextEpoch + 1, 1, -2]);
  const known = epoch === session.nextEpoch ? 'the next' : `epoch ${epoch} of`;
  const forgets = forgotten.map(({ topic, partitions }) => `; forgets ${topic.kind} ${partitions}`).join('');
  const answer = await ask(world, version, `${known} session; ${wish.whats.join('; ')}${forgets}`, {
    ...limitsFrom(
      world,
      world.topics.every(({ isExact }) => isExact),
      2,
    ),
    sessionId: session.id,
    sessionEpoch: epoch,
    topics: wish.topics,
    forgottenTopicsData: forgotten.map(({ topic, partitions }) => ({
      ...nameOf(topic, version),
      partitions,
    })),
  });
  if (answer.number('errorCode') === 0) after(world, answer, epoch, version, session);
}

function after(
  { sessions }: World,
  answer: Answer,
  epoch: number,
  version: number,
  session: WalkSession,
): void {
  const id = answer.number('sessionId');
  if (id === session.id) session.nextEpoch = epoch + 1;
  else if (id > 0) sessions.push({ id, versions: rangeOf(version), nextEpoch: 1 });
}

async function openSession(world: World): Promise<void> {
  const { dice, sessions } = world;
  const version = dice.pick(versions.filter((each) => each >= sessionsSince));
  const { topics, whats, isExact } = wishFrom(world, version);
  const isStrange = dice.chance(10);
  const [sessionId, sessionEpoch] = isStrange
    ? dice.pick([
        [5, 1],
        [0, 3],
        [5, 0],
        [5, -1],
        [-3, 0],
      ])
    : [0, 0];
  const answer = await ask(
    world,
    version,
    `${isStrange ? `id ${sessionId} epoch ${sessionEpoch}` : 'a new session'}; ${whats.join('; ')}`,
    {
      ...limitsFrom(world, isExact, whats.length),
      sessionId: sessionId ?? 0,
      sessionEpoch: sessionEpoch ?? 0,
      topics,
    },
  );
  const id = answer.number('sessionId');
  if (id > 0) sessions.push({ id, versions: rangeOf(version), nextEpoch: 1 });
}

/** Closes what the walk has opened: a broker has room for a thousand. */
export async function closeSessions({ wire, sessions }: World): Promise<void> {
  for (const { id, versions } of sessions)
    await wire.ask('closes a session', fetchRequest, versions[0] ?? 12, {
      maxWaitMs: 0,
      minBytes: 0,
      sessionId: id,
      sessionEpoch: -1,
      topics: [],
    });
}

function wishFrom(world: World, version: number) {
  const { dice } = world;
  const whats: string[] = [];
  const targets = targetsFrom(world, (topic, partition) => {
    const fetchOffset = offsetFrom(world, topic, partition);
    const partitionMaxBytes =
      topic.isExact && dice.chance(35) ? dice.pick([0, 1, 60, 100, 150, 300, -1]) : 1 << 20;
    const currentLeaderEpoch = dice.chance(85) ? -1 : dice.pick([0, 0, 1, 7, -2]);
    const lastFetchedEpoch = dice.chance(85) ? -1 : dice.pick([0, 0, 1, 7, -2]);
    whats.push(
      `${topic.kind} ${partition} from ${fetchOffset}` +
        (partitionMaxBytes === 1 << 20 ? '' : `, ${partitionMaxBytes} bytes`) +
        (version < currentEpochSince || currentLeaderEpoch === -1 ? '' : `, leader ${currentLeaderEpoch}`) +
        (version < lastEpochSince || lastFetchedEpoch === -1 ? '' : `, fetched ${lastFetchedEpoch}`),
    );
    return {
      partition,
      fetchOffset,
      partitionMaxBytes,
      ...(version < currentEpochSince ? {} : { currentLeaderEpoch }),
      ...(version < lastEpochSince ? {} : { lastFetchedEpoch }),
    };
  });
  const topics = targets.map(({ topic, partitions }) => ({ ...nameOf(topic, version), partitions }));
  return { topics, whats, isExact: targets.every(({ topic }) => topic.isExact) };
}

function nameOf({ name, id }: WalkTopic, version: number) {
  return version < idsSince ? { topic: name } : { topicId: id };
}

/** What follows a batch that is cut off by the limit of all is other with ours, which sends whole ones: two know one limit. */
function limitsFrom({ dice }: World, isExact: boolean, count: number) {
  const some = count === 1 ? [0, 1, 80, 160, 320, 640] : [0, 1];
  return {
    maxBytes: isExact && dice.chance(30) ? dice.pick(some) : 0x7fff_ffff,
    minBytes: dice.chance(85) ? 0 : dice.pick([1, 200, 1 << 20, -1]),
    maxWaitMs: dice.chance(85) ? 0 : dice.pick([1, 20, -1]),
    isolationLevel: dice.below(2),
  };
}

/** Asks, and writes down what the batches of the answer say in their headers. */
async function ask(world: World, version: number, what: string, request: Request): Promise<Answer> {
  const { wire } = world;
  const { maxBytes, minBytes, maxWaitMs, isolationLevel } = request;
  const limits = [
    maxBytes === 0x7fff_ffff ? '' : `; in all ${maxBytes} bytes`,
    minBytes === 0 && maxWaitMs === 0 ? '' : `; waits ${maxWaitMs} ms for ${minBytes} bytes`,
    isolationLevel === 0 ? '' : `; isolation ${isolationLevel}`,
  ];
  const answer = await wire.ask(`${what}${limits.join('')}`, fetchRequest, version, request);
  for (const line of batchesOf(answer)) wire.title(line);
  return answer;
}

function batchesOf(answer: Answer): string[] {
  const lines: string[] = [];
  for (let i = 0; answer.has(`responses.${i}`); i++)
    for (let j = 0; answer.has(`responses.${i}.partitions.${j}`); j++) {
      const at = `responses.${i}.partitions.${j}`;
      const where = `partition ${answer.number(`${at}.partitionIndex`)}`;
      lines.push(...headersOf(answer.text(`${at}.records`)).map((line) => `${where}: ${line}`));
    }
  return lines.sort();
}
