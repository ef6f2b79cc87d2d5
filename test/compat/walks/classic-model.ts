import type { Answer } from '../wire/answer.ts';

/** What a member offers: the metadata is told by a number in the questions. */
export interface OfferedProtocol {
  readonly name: string;
  readonly variant: number;
}

/** A member as its group knows it. A client is a connection of its own. */
export interface ModelMember {
  client: string;
  id: string;
  readonly instance: string | null;
  protocols: readonly OfferedProtocol[];
  waitsFor: 'join' | 'sync' | undefined;
  /** Takes the answer that the member waits for; undefined when its connection is gone. */
  answer: (() => Promise<Answer>) | undefined;
}

export type Phase = 'empty' | 'preparing' | 'completing' | 'stable';

/**
 * What a classic group is by Kafka's rules, as far as a walk has to know it in order to tell which requests are answered
 * at once, and which ones when others have come.
 */
export class ClassicModel {
  readonly group: string;
  readonly protocolType: string;
  readonly members: ModelMember[] = [];
  /** Ids that were given out and have not joined, with their clients. */
  readonly pending: { readonly client: string; readonly id: string }[] = [];
  /** Ids that were members, or pending. */
  readonly gone: string[] = [];
  phase: Phase = 'empty';
  /** A join was accepted, and the group has not been deleted since. */
  isKnown = false;
  generation = 0;
  leaderId = '';
  protocolName = '';

  constructor(group: string, protocolType: string) {
    this.group = group;
    this.protocolType = protocolType;
  }

  get isReadyToComplete(): boolean {
    return (
      this.phase === 'preparing' &&
      this.pending.length === 0 &&
      this.members.every(({ waitsFor }) => waitsFor === 'join')
    );
  }

  /** Members that wait for their first answer have no id yet. */
  byId(id: string): ModelMember | undefined {
    return id === '' ? undefined : this.members.find((member) => member.id === id);
  }

  byInstance(instance: string): ModelMember | undefined {
    return this.members.find((member) => member.instance === instance);
  }

  /** Whether somebody with these protocols can join. */
  supports(protocolType: string, protocols: readonly OfferedProtocol[]): boolean {
    if (this.phase === 'empty') return protocolType !== '' && protocols.length > 0;
    if (protocolType !== this.protocolType) return false;
    if (this.members.length === 0) return protocols.length > 0;
    return protocols.some(({ name }) =>
      this.members.every((member) => member.protocols.some((own) => own.name === name)),
    );
  }

  /** The next leader is a matter of chance (the order of a hash map) when one of several has to be taken. */
  mayLeave(leaving: readonly ModelMember[]): boolean {
    const staying = this.members.filter((member) => !leaving.includes(member));
    return staying.length <= 1 || !leaving.some(({ id }) => id === this.leaderId);
  }

  remove(member: ModelMember): void {
    this.members.splice(this.members.indexOf(member), 1);
    this.gone.push(member.id);
    const [next] = this.members;
    if (this.leaderId === member.id) this.leaderId = next?.id ?? '';
  }

  /** The group is deleted, and those that were promised an id are forgotten. */
  reset(): void {
    for (const { id } of [...this.pending]) this.removePending(id);
    this.isKnown = false;
    this.generation = 0;
  }

  removePending(id: string): void {
    const index = this.pending.findIndex((pending) => pending.id === id);
    if (index < 0) return;
    this.pending.splice(index, 1);
    this.gone.push(id);
  }
}

export function isSame(one: readonly OfferedProtocol[], other: readonly OfferedProtocol[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
