import { ErrorCode } from '../../kafka/protocol/index.ts';
import { StreamError } from '../../platform/errors.ts';
import { decideAllocateProducerIds } from '../metadata/index.ts';
import type { ClusterMetadata } from './cluster-metadata.ts';

/** Hands out producer ids from blocks that the metadata log has given to this broker; no id ever comes twice. */
export class ProducerIds {
  readonly #metadata: ClusterMetadata;
  readonly #nodeId: number;
  #next = 0;
  #end = 0;
  #allocating: Promise<void> | undefined;

  constructor(metadata: ClusterMetadata, nodeId: number) {
    this.#metadata = metadata;
    this.#nodeId = nodeId;
  }

  /** The next id. Rejects when a new block was needed and could not be had. */
  async allocate(): Promise<number> {
    while (this.#next >= this.#end) {
      this.#allocating ??= this.#allocateBlock().finally(() => {
        this.#allocating = undefined;
      });
      await this.#allocating;
    }
    return this.#next++;
  }

  async #allocateBlock(): Promise<void> {
    const { image } = this.#metadata;
    const { errorCode, producerIdStart, producerIdLen } = await this.#metadata.change(() =>
      decideAllocateProducerIds(image, {
        brokerId: this.#nodeId,
        brokerEpoch: image.broker(this.#nodeId)?.epoch ?? -1,
      }),
    );
    if (errorCode !== ErrorCode.NONE || producerIdStart === undefined || producerIdLen === undefined) {
      throw new StreamError(
        'BROKER_PRODUCER_IDS',
        `no producer ids were allocated (error code ${errorCode})`,
      );
    }
    this.#next = producerIdStart;
    this.#end = producerIdStart + producerIdLen;
  }
}
