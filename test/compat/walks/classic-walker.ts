import type { Dice } from '../dice.ts';
import type { Answer } from '../wire/answer.ts';
import type { Wire } from '../wire/wire.ts';
import { type ClassicModel, isSame, type ModelMember, type OfferedProtocol } from './classic-model.ts';
import {
  type Joining,
  type Leaving,
  leave,
  type Syncing,
  startJoin,
  startSync,
  untilGroup,
} from './classic-requests.ts';

const clients = ['m0', 'm1', 'm2', 'm3', 'm4'];
const instances = ['i0', 'i1'];
const most = 4;

/** Asks for what changes a group, and takes the answers that others make possible. */
export class ClassicWalker {
  readonly wire: Wire;
  readonly dice: Dice;
  readonly prefix: string;
  readonly topics: readonly string[];
  readonly model: ClassicModel;

  constructor(wire: Wire, dice: Dice, prefix: string, topics: readonly string[], model: ClassicModel) {
    this.wire = wire;
    this.dice = dice;
    this.prefix = prefix;
    this.topics = topics;
    this.model = model;
  }

  /** Something that brings the group on: what is most likely depends on what the group waits for. */
  async move(): Promise<void> {
    const { dice, model } = this;
    const [pending] = model.pending;
    if (pending !== undefined && dice.chance(60)) return this.joinPending(pending);
    if (model.phase === 'preparing' && dice.chance(60)) return this.rejoin(dice.chance(80));
    if (model.phase === 'completing' && dice.chance(70)) return this.sync();
    if (dice.chance(10)) return this.hangUp();
    if (dice.chance(15)) return this.leave();
    if (dice.chance(20)) return this.rejoin(dice.chance(50));
    if (model.members.length < most) return this.joinNew();
    return this.leave();
  }

  /** Everybody leaves who can be named; which of the others would lead is a matter of chance, and is not looked at. */
  async end(): Promise<void> {
    const { model, wire } = this;
    for (const member of model.members)
      if (member.waitsFor === 'sync' || member.id === '') {
        wire.hangUp(member.client);
        member.answer = undefined;
      }
    const named = model.members.filter(({ id }) => id !== '');
    const all: Leaving[] = named.map(({ id, instance }) => [id, instance]);
    const pending: Leaving[] = model.pending.map(({ id }) => [id, null]);
    await this.leaveThese('all members', 5, [...pending, ...all]);
  }

  protocols(): OfferedProtocol[] {
    const { dice } = this;
    const names = dice.pick([
      ['range'],
      ['range', 'sticky'],
      ['sticky', 'range'],
      ['range', 'sticky', 'roundrobin'],
    ]);
    const variant = dice.below(4);
    return names.map((name) => ({ name, variant }));
  }

  async joinNew(): Promise<void> {
    const { dice, model } = this;
    const client = this.#freeClient();
    if (client === undefined) return;
    const isStatic = dice.chance(35);
    const version = isStatic ? dice.pick([5, 6, 7, 8, 9]) : dice.below(10);
    const instance = isStatic ? dice.pick(instances) : null;
    const known = instance === null ? undefined : model.byInstance(instance);
    const protocols = known !== undefined && dice.chance(60) ? known.protocols : this.protocols();
    await this.join({ version, client, id: '', instance, protocols });
  }

  joinPending({ client, id }: { readonly client: string; readonly id: string }): Promise<void> {
    const version = 4 + this.dice.below(6);
    return this.join({ version, client, id, instance: null, protocols: this.protocols() });
  }

  async rejoin(isSameAsBefore: boolean): Promise<void> {
    const { dice, model } = this;
    const able = model.members.filter(({ answer, waitsFor }) => answer === undefined && waitsFor !== 'sync');
    const late = able.filter(({ waitsFor }) => waitsFor === undefined);
    if (able.length === 0) return;
    const { client, id, instance, protocols } = dice.pick(late.length > 0 ? late : able);
    const version = instance === null ? dice.below(10) : 5 + dice.below(5);
    await this.join({
      version,
      client,
      id,
      instance: dice.chance(80) ? instance : null,
      protocols: isSameAsBefore ? protocols : this.protocols(),
    });
  }

  async join(
    asked: Pick<Joining, 'version' | 'client' | 'id' | 'instance' | 'protocols'> & Partial<Joining>,
  ): Promise<void> {
    const { wire, model } = this;
    const joining: Joining = {
      group: model.group,
      protocolType: model.protocolType,
      sessionTimeoutMs: 30_000,
      ...asked,
    };
    const { id, instance, client, protocols, version } = joining;
    const offers = protocols.map(({ name }) => name).join(',') || 'nothing';
    const who = `${id === '' ? 'new' : wire.names.within(id)}${instance === null ? '' : ` as ${instance}`}`;
    const what = `${who} by ${client} offers ${offers} ${protocols[0]?.variant ?? ''} of ${joining.protocolType}`;
    const answer = await startJoin(wire, what, this.topics, joining);
    const known = model.byId(id);
    const replaced = id === '' && instance !== null ? model.byInstance(instance) : undefined;
    const isPending = model.pending.some((pending) => pending.id === id);
    const isStranger = id !== '' && known === undefined && !isPending;
    const isFenced = id !== '' && instance !== null && model.byInstance(instance)?.id !== id;
    if (
      joining.sessionTimeoutMs !== 30_000 ||
      !model.supports(joining.protocolType, protocols) ||
      isStranger ||
      isFenced
    )
      await answer();
    else if (replaced !== undefined) await this.#replace(replaced, joining, answer);
    else if (known !== undefined) await this.#rejoined(known, joining, answer);
    else if (instance === null && version >= 4 && !isPending) await this.#promised(client, answer);
    else await this.#added(joining, answer);
  }

  async #promised(client: string, answer: () => Promise<Answer>): Promise<void> {
    const id = (await answer()).text('memberId');
    this.wire.names.of(id, `id of ${client}`);
    this.model.pending.push({ client, id });
    this.model.isKnown = true;
  }

  async #added({ client, id, instance, protocols }: Joining, answer: () => Promise<Answer>): Promise<void> {
    const { model } = this;
    const isFirst = model.phase === 'empty';
    model.isKnown = true;
    const index = model.pending.findIndex((pending) => pending.id === id);
    if (index >= 0) model.pending.splice(index, 1);
    const member: ModelMember = { client, id, instance, protocols, waitsFor: 'join', answer };
    model.members.push(member);
    if (!isFirst) return this.#parked();
    model.phase = 'preparing';
    // The first member of a group does not wait for those that were promised an id.
    await this.#completeJoin();
  }

  async #rejoined(member: ModelMember, joining: Joining, answer: () => Promise<Answer>): Promise<void> {
    const { phase, leaderId } = this.model;
    const isSameAsBefore = isSame(member.protocols, joining.protocols);
    const keeps = phase === 'completing' || (phase === 'stable' && member.id !== leaderId);
    if (keeps && isSameAsBefore) {
      await answer();
      return;
    }
    Object.assign(member, { protocols: joining.protocols, waitsFor: 'join', answer });
    await this.#parked();
  }

  /** Somebody else joins as the instance of a member: whoever waits for an answer as that member is fenced. */
  async #replace(old: ModelMember, joining: Joining, answer: () => Promise<Answer>): Promise<void> {
    const { model, wire } = this;
    const wasStable = model.phase === 'stable';
    model.members.splice(model.members.indexOf(old), 1);
    model.gone.push(old.id);
    await old.answer?.();
    const { client, instance, protocols } = joining;
    const member: ModelMember = { client, id: '', instance, protocols, waitsFor: 'join', answer };
    model.members.push(member);
    const hasLed = model.leaderId === old.id;
    const state = await untilGroup(wire, model.group, { without: old.id });
    if (wasStable && state === 'Stable') {
      Object.assign(member, { waitsFor: undefined, answer: undefined });
      this.#named(member, (await answer()).text('memberId'));
      if (hasLed) model.leaderId = member.id;
      return;
    }
    if (hasLed) model.leaderId = '';
    await this.#parked();
  }

  #named(member: ModelMember, id: string): void {
    if (id === '') return;
    this.wire.names.of(id, `id of ${member.client}`);
    member.id = id;
  }

  /** A join waits: the group rebalances, and whoever waits for an assignment is told so. */
  async #parked(): Promise<void> {
    const { model, wire } = this;
    await this.#prepare();
    if (model.isReadyToComplete) return this.#completeJoin();
    await untilGroup(wire, model.group, { state: 'PreparingRebalance', members: model.members.length });
    // Whether a member that was there before has come again cannot be asked.
    await wire.pause(30);
  }

  async #prepare(): Promise<void> {
    const { model } = this;
    model.phase = 'preparing';
    for (const member of model.members) if (member.waitsFor === 'sync') await this.#take(member);
  }

  async #take(member: ModelMember): Promise<Answer | undefined> {
    const { answer } = member;
    Object.assign(member, { waitsFor: undefined, answer: undefined });
    return await answer?.();
  }

  async #completeJoin(): Promise<void> {
    const { model } = this;
    model.generation += 1;
    model.phase = model.members.length === 0 ? 'empty' : 'completing';
    for (const member of model.members) {
      const answer = await this.#take(member);
      if (answer === undefined) continue;
      this.#named(member, answer.text('memberId'));
      model.generation = answer.number('generationId');
      model.leaderId = answer.text('leader');
      model.protocolName = answer.text('protocolName') || model.protocolName;
    }
    if (model.members.length === 0) await untilGroup(this.wire, model.group, { state: 'Empty' });
  }

  /** A follower waits for the leader; the leader brings everybody's assignment. */
  async sync(): Promise<void> {
    const { dice, model } = this;
    const late = model.members.filter(({ waitsFor }) => waitsFor === undefined);
    if (late.length === 0) return;
    const { client, id, instance } = dice.pick(late);
    const version = instance === null ? dice.below(6) : 3 + dice.below(3);
    await this.synchronize({ version, client, id, instance: dice.chance(80) ? instance : null });
  }

  async synchronize(
    asked: Pick<Syncing, 'version' | 'client' | 'id' | 'instance'> & Partial<Syncing>,
  ): Promise<void> {
    const { wire, model, dice } = this;
    const to = [
      ...dice.some(model.members, 80).map(({ id }) => id),
      ...dice.some(['nobody', model.leaderId], 10),
    ];
    const syncing: Syncing = {
      group: model.group,
      generation: model.generation,
      protocolType: model.protocolType,
      protocolName: model.protocolName,
      assignments: to.map((id, index) => [id, `part ${index}`]),
      ...asked,
    };
    const { id, instance, generation, version } = syncing;
    const who = `${wire.names.within(id) || 'no member'}${instance === null ? '' : ` as ${instance}`}`;
    const protocol = `${syncing.protocolType} ${syncing.protocolName}`;
    const what = `${who} of generation ${generation}, ${protocol}, assigns to ${to.map((each) => wire.names.within(each)).join(',') || 'nobody'}`;
    const answer = await startSync(wire, what, syncing);
    const member = model.byId(id);
    const isRight =
      generation === model.generation &&
      (instance === null || model.byInstance(instance)?.id === id || version < 3) &&
      (version < 5 ||
        (syncing.protocolType === model.protocolType && syncing.protocolName === model.protocolName));
    if (model.phase !== 'completing' || member === undefined || !isRight) {
      await answer();
      return;
    }
    Object.assign(member, { waitsFor: 'sync', answer });
    if (id !== model.leaderId) return wire.pause(30);
    model.phase = 'stable';
    for (const each of model.members) if (each.waitsFor === 'sync') await this.#take(each);
  }

  async leave(): Promise<void> {
    const { dice, model } = this;
    const version = dice.below(6);
    const able = model.members.filter(({ waitsFor, id }) => waitsFor !== 'sync' && id !== '');
    const chosen = dice.some(able, 40).slice(0, version < 3 ? 1 : most);
    if (!model.mayLeave(chosen)) return;
    const entries: Leaving[] = chosen.map(({ id, instance }) => {
      if (version < 3) return [id, null];
      if (instance !== null && dice.chance(50)) return ['', instance];
      return [id, dice.chance(80) ? instance : null];
    });
    for (const { id } of dice.some(model.pending, 20))
      entries.push([id, version >= 3 && dice.chance(10) ? 'i0' : null]);
    const wrong: Leaving[] = [
      ['nobody', null],
      ['', null],
      ['', 'i9'],
      ['nobody', 'i0'],
      ...entries.slice(0, 1),
    ];
    if (entries.length === 0 || dice.chance(30)) entries.push(dice.pick(wrong));
    await this.leaveThese(`${entries.length}`, version, entries);
  }

  async leaveThese(what: string, version: number, entries: readonly Leaving[]): Promise<void> {
    const { wire, model } = this;
    const shown = entries.map(([id, instance]) => `${wire.names.within(id)}/${instance ?? ''}`).join(' ');
    const { phase } = model;
    await leave(wire, `${what}: ${shown}`, version, model.group, entries);
    let isAnyMember = false;
    for (const [id, instance] of version < 3 ? entries.slice(0, 1) : entries) {
      model.removePending(id);
      const member = id === '' && instance !== null ? model.byInstance(instance) : model.byId(id);
      if (member === undefined || (instance !== null && member.instance !== instance)) continue;
      await this.#take(member);
      model.remove(member);
      isAnyMember = true;
    }
    if (phase === 'stable' || phase === 'completing') {
      if (!isAnyMember) return;
      await this.#prepare();
      if (model.isReadyToComplete || model.members.length === 0) await this.#completeJoin();
    } else if (model.isReadyToComplete) await this.#completeJoin();
  }

  /** The connection of a member that waits for others goes away: the member stays. */
  async hangUp(): Promise<void> {
    const { dice, model, wire } = this;
    const waiting = model.members.filter(
      ({ waitsFor, answer, id }) => waitsFor === 'join' && answer !== undefined && id !== '',
    );
    if (waiting.length === 0) return;
    const member = dice.pick(waiting);
    wire.title(`${member.client} hangs up`);
    wire.hangUp(member.client);
    member.answer = undefined;
  }

  #freeClient(): string | undefined {
    const { model, dice } = this;
    const taken = new Set([...model.members, ...model.pending].map(({ client }) => client));
    const free = clients.filter((client) => !taken.has(client));
    return free.length === 0 ? undefined : dice.pick(free);
  }
}
