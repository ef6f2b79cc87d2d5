/** A range of records that are produced with one codec: `count` records from index `first`. */
export interface Chunk {
  readonly codec: string;
  readonly first: number;
  readonly count: number;
}

/** A consumer that is a member of a group and appends each record that it reads to a file. */
export interface Member {
  /** The partitions that it has now, ascending; undefined before its first assignment. */
  assigned(): readonly number[] | undefined;
  /** Commits, leaves the group and ends. Throws when the program does not end with exit code 0. */
  leave(): Promise<void>;
  /** Its last lines of output, for a failure. */
  tail(): string;
}

/** What the round trip asks of a Kafka client. */
export interface Client {
  readonly name: string;
  readonly codecs: readonly string[];
  /** Creates a topic of `partitions` partitions and returns their numbers as the client sees them. */
  create(bootstrap: string, topic: string, partitions: number): Promise<readonly number[]>;
  produce(bootstrap: string, topic: string, chunk: Chunk): Promise<void>;
  join(bootstrap: string, topic: string, group: string, file: string): Member;
  /**
   * Appends one record to a file. Only for a client that, when it is told to leave, may commit a record that it has got
   * and not written: one that is missing there is read by itself.
   */
  readOne?(
    bootstrap: string,
    topic: string,
    place: { partition: number; offset: number },
    file: string,
  ): Promise<void>;
}
