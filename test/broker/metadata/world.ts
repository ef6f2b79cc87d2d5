import { brokerConfig, singleNodeProperties } from '../../../broker/config/index.ts';
import {
  bootstrapRecords,
  brokerLayers,
  type ControllerContext,
  type Decision,
  decodeMetadataRecord,
  encodeMetadataRecord,
  imageRecords,
  type MetadataDelta,
  MetadataImage,
  type MetadataRecord,
  onListener,
  registrationRecords,
  replayAll,
} from '../../../broker/metadata/index.ts';
import type { Entropy } from '../../../platform/entropy.ts';

/** Repeatable randomness: a linear congruential generator. */
function seededEntropy(seed = 1): Entropy {
  let state = seed >>> 0;
  const u32 = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state ^ (state >>> 15)) >>> 0;
  };
  return {
    u32,
    fill(target) {
      for (let at = 0; at < target.length; at++) target[at] = u32() >>> 24;
    },
  };
}

export const directory = 'DDDDDDDDDDDDDDDDDDDDDA';
export const incarnation = 'IIIIIIIIIIIIIIIIIIIIIA';

export interface BrokerOptions {
  readonly rack?: string | null;
  readonly logDirs?: readonly string[];
}

/** A controller and its log in memory: what is decided is encoded, kept, decoded and replayed. */
export class World {
  readonly image = new MetadataImage();
  readonly log: Buffer[] = [];
  readonly entropy = seededEntropy();
  readonly properties: ReadonlyMap<string, string>;

  constructor(properties: Readonly<Record<string, string>> = {}, brokers: readonly number[] = [1]) {
    this.properties = singleNodeProperties(new Map(Object.entries(properties)));
    this.append(bootstrapRecords(this.properties));
    for (const id of brokers) this.register(id);
  }

  get context(): ControllerContext {
    const { image, properties, entropy } = this;
    return {
      image,
      nodeId: 1,
      properties,
      config: brokerConfig(brokerLayers(image, 1, properties)),
      entropy,
    };
  }

  get view() {
    return { image: this.image, clusterId: 'CCCCCCCCCCCCCCCCCCCCCA', endpointOf: onListener('PLAINTEXT') };
  }

  register(brokerId: number, { rack = null, logDirs = [directory] }: BrokerOptions = {}): MetadataDelta {
    return this.append(
      registrationRecords({
        brokerId,
        incarnationId: incarnation,
        nextOffset: this.log.length,
        advertisedListeners: [
          { name: 'PLAINTEXT', host: `host${brokerId}`, port: 9092, securityProtocol: 'PLAINTEXT' },
        ],
        rack,
        logDirs,
      }),
    );
  }

  append(records: readonly MetadataRecord[]): MetadataDelta {
    const values = records.map(encodeMetadataRecord);
    this.log.push(...values);
    return replayAll(this.image, values.map(decodeMetadataRecord));
  }

  /** Commits a decision and gives its answer. */
  commit<R>(decision: Decision<R>): R {
    this.append(decision.records);
    return decision.response;
  }
}

/** The image as plain data, in an order of its own. */
export function contentOf(image: MetadataImage): readonly string[] {
  return [...imageRecords(image)].map((record) => encodeMetadataRecord(record).toString('hex')).sort();
}

/** An image from the values of a log. */
export function replayed(log: readonly Buffer[]): MetadataImage {
  const image = new MetadataImage();
  replayAll(image, log.map(decodeMetadataRecord));
  return image;
}
