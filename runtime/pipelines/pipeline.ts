import type { RawConfig } from '../plugin/index.ts';

/** A transform as a pipeline has it. */
export interface PipelineTransform {
  /** Plugin name or class name, of a transform for keys or values where there are both. */
  readonly type: string;
  readonly config: RawConfig;
  readonly predicate?:
    | { readonly type: string; readonly config: RawConfig; readonly negate: boolean }
    | undefined;
}

/** A source or sink as a pipeline has it. */
export interface PipelineConnector {
  /** Of the connector: `<pipeline>-source`, `<pipeline>-<sink>`, unless the file names it. */
  readonly name: string;
  readonly connector: string;
  readonly tasks: number;
  readonly config: RawConfig;
  readonly transforms: readonly PipelineTransform[];
}

/** How keys or values are written to the topic: a converter and its settings. */
export interface PipelineFormat {
  readonly format: string;
  readonly config: RawConfig;
  /** Text of a schema to register before the first record; none: the schema comes with the records. */
  readonly schema?: string | undefined;
}

/** The topic of a pipeline. */
export interface PipelineTopic {
  readonly name: string;
  /** Used when the topic does not exist yet. */
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
  readonly key: PipelineFormat;
  readonly value: PipelineFormat;
}

/** What happens to records that cannot be processed. */
export interface PipelineErrors {
  readonly tolerance: 'none' | 'all';
  readonly deadLetterTopic?: string | undefined;
  readonly retryTimeoutMs: number;
  readonly retryDelayMaxMs: number;
  readonly log: boolean;
}

/** A pipeline, checked. */
export interface Pipeline {
  readonly name: string;
  readonly source?: PipelineConnector | undefined;
  readonly topic: PipelineTopic;
  readonly sinks: readonly PipelineConnector[];
  readonly errors: PipelineErrors;
}
