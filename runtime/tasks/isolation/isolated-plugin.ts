import type { Clock, Timer } from '../../../platform/clock.ts';
import { every } from '../../../platform/clock.ts';
import type { Isolate, Isolates } from '../../../platform/isolate.ts';
import type { IsolationSettings } from '../../config/index.ts';
import type { PluginContext } from '../../plugin/index.ts';
import { IsolateLostError, IsolateMemoryError, IsolateUnresponsiveError } from './errors.ts';
import { errorOf, type PluginAddress, type Reply } from './messages.ts';

/** What an {@link IsolatedPlugin} is started with. */
export interface IsolatedPluginParts {
  readonly isolates: Isolates;
  /** URL of the program that runs plugins. */
  readonly program: URL;
  readonly clock: Clock;
  readonly settings: IsolationSettings;
  readonly plugin: PluginAddress;
  /** The plugin's part of the config, references resolved. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly connector: string;
  readonly task: number;
  /** It ended although nobody wanted that. */
  onLost(error: Error): void;
  /** The plugin asks for something by its context. */
  onAsk(what: string, input: unknown): void;
}

interface Pending {
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

const PINGS_PER_TIMEOUT = 4;
/** What loading the plugin may take beside the response timeout. */
const START_MS = 30_000;

/** The runtime's end of a plugin that runs in a thread or process of its own. */
export class IsolatedPlugin {
  readonly #parts: IsolatedPluginParts;
  readonly #isolate: Isolate;
  readonly #pending = new Map<number, Pending>();
  readonly #watch: Timer;
  #context: PluginContext | undefined;
  #lastId = 0;
  /** Monotonic. */
  #lastHeard: number;
  /** Why it takes no calls any more. */
  #end: Error | undefined;
  #isWanted = true;

  constructor(parts: IsolatedPluginParts) {
    const { isolates, program, clock, settings, plugin, config, connector, task } = parts;
    this.#parts = parts;
    const mode = settings.mode === 'process' ? 'process' : 'thread';
    this.#isolate = isolates.start({ mode, program, memoryMaxMb: settings.memoryMaxMb });
    this.#isolate.onMessage((message) => this.#receive(message as Reply));
    void this.#isolate.exited.then((exit) => {
      this.#finish(
        exit.isOutOfMemory
          ? new IsolateMemoryError(this.#where, settings.memoryMaxMb)
          : new IsolateLostError(this.#where, exit),
      );
    });
    this.#isolate.post({ kind: 'load', plugin, config, connector, task });
    this.#lastHeard = clock.monotonic() + START_MS;
    this.#watch = every(clock, settings.responseTimeoutMs / PINGS_PER_TIMEOUT, () => this.#check());
  }

  /** Where logs and counters of the plugin go from now on; when its signal is aborted, so is the plugin's. */
  attach(context: PluginContext): void {
    if (this.#context === context) return;
    this.#context = context;
    const abort = (): void => this.#isolate.post({ kind: 'abort' });
    if (context.signal.aborted) abort();
    else context.signal.addEventListener('abort', abort, { once: true });
  }

  /** Calls a method over there. Rejects with what it throws, or with why it will never answer. */
  call(method: string, input: unknown): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      try {
        this.#isolate.post({ kind: 'call', id, method, input });
      } catch (error) {
        this.#pending.delete(id);
        reject(error);
      }
    });
  }

  /** Ends it, whatever it does. */
  async terminate(): Promise<void> {
    this.#isWanted = false;
    this.#watch.cancel();
    await this.#isolate.terminate();
  }

  get #where(): string {
    const { settings, connector, task } = this.#parts;
    return `The ${settings.mode} of task ${task} of connector ${connector}`;
  }

  #check(): void {
    const { clock, settings } = this.#parts;
    if (clock.monotonic() - this.#lastHeard > settings.responseTimeoutMs) {
      this.#finish(new IsolateUnresponsiveError(this.#where, settings.responseTimeoutMs));
      void this.#isolate.terminate();
      return;
    }
    this.#isolate.post({ kind: 'ping' });
  }

  #finish(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#watch.cancel();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    if (this.#isWanted) this.#parts.onLost(error);
  }

  #receive(reply: Reply): void {
    this.#lastHeard = this.#parts.clock.monotonic();
    switch (reply.kind) {
      case 'result':
      case 'failure':
        this.#settle(reply);
        return;
      case 'log':
        this.#context?.log[reply.level](reply.fields, reply.message);
        return;
      case 'metric':
        this.#context?.metric(reply.name, reply.increment);
        return;
      case 'ask':
        this.#parts.onAsk(reply.what, reply.input);
        return;
      case 'pong':
    }
  }

  #settle(reply: Extract<Reply, { readonly kind: 'result' | 'failure' }>): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.kind === 'result') pending?.resolve(reply.output);
    else pending?.reject(errorOf(reply.failure));
  }
}
