import type { Answer, Decision, GroupEvent, GroupTimer, TimerChange } from '../decision.ts';
import type { GroupRecord } from '../group-record.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import {
  type ConsumerGroupRecord,
  currentMemberRecord,
  memberRecord,
  memberTombstones,
} from './consumer-group-record.ts';
import type { ConsumerMember } from './consumer-member.ts';
import type { ConsumerWorld } from './consumer-world.ts';
import { type ConsumerGroupDraft, draftOf, replayConsumerRecord } from './replay.ts';

/**
 * One change of a consumer group under construction. The group changes only by records, and by the same replay that
 * a restart does: what is decided and what is read back cannot differ. The original is never touched.
 */
export class ConsumerTransition {
  readonly world: ConsumerWorld;
  /** Wall clock, milliseconds. */
  readonly now: number;
  readonly #base: ConsumerGroup;
  #draft: ConsumerGroupDraft | undefined;
  readonly #records: GroupRecord[];
  readonly #answers: Answer[];
  readonly #timers: TimerChange[] = [];
  readonly #events: GroupEvent[] = [];

  /** `before` are records, and answers to parked requests, that have to come first: those of a conversion. */
  constructor(
    group: ConsumerGroup,
    world: ConsumerWorld,
    now: number,
    before: { readonly records?: readonly GroupRecord[]; readonly answers?: readonly Answer[] } = {},
  ) {
    this.#base = group;
    this.world = world;
    this.now = now;
    this.#records = [...(before.records ?? [])];
    this.#answers = [...(before.answers ?? [])];
  }

  /** The group as it is after all records so far. */
  get group(): ConsumerGroup {
    return this.#draft ?? this.#base;
  }

  get groupId(): string {
    return this.#base.groupId;
  }

  write(record: ConsumerGroupRecord): void {
    this.#records.push(record);
    this.#draft ??= draftOf(this.#base);
    replayConsumerRecord(this.#draft, record);
  }

  writeMember(member: ConsumerMember): void {
    this.write(memberRecord(this.groupId, member));
  }

  writeCurrent(member: ConsumerMember): void {
    this.write(currentMemberRecord(this.groupId, member));
  }

  removeMember(memberId: string): void {
    for (const record of memberTombstones(this.groupId, memberId)) this.write(record);
    for (const kind of ['session', 'revocation', 'member-join', 'member-sync'] as const) {
      this.cancel({ kind, memberId });
    }
  }

  /** The group has seen the topics as of this version. */
  noteCompared(version: number): void {
    this.#draft ??= draftOf(this.#base);
    this.#draft.comparedVersion = version;
  }

  schedule(timer: GroupTimer, delayMs: number, options: Pick<TimerChange, 'unlessRunning'> = {}): void {
    this.#timers.push({ timer, delayMs, ...options });
  }

  cancel(timer: GroupTimer): void {
    this.#timers.push({ timer, delayMs: undefined });
  }

  note(message: string, fields: GroupEvent['fields']): void {
    const { groupId, groupEpoch } = this.group;
    this.#events.push({ message, fields: { group: groupId, epoch: groupEpoch, ...fields } });
  }

  /** The decision that answers the request. */
  respond<Response>(response: Response): Decision<Response> {
    return {
      groupId: this.groupId,
      group: this.#draft,
      records: this.#records,
      response,
      answers: this.#answers,
      timers: this.#timers,
      events: this.#events,
    };
  }
}
