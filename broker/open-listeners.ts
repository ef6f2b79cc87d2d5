import type { Logger } from '../platform/logger.ts';
import type { Net } from '../platform/net.ts';
import type { Listener } from './config/index.ts';
import type { EffectiveConfig } from './effective-config.ts';
import { type BrokerListener, IN_PROCESS_LISTENER } from './server/request-context.ts';
import type { BrokerServer } from './server/server.ts';

/** What listeners are opened with. */
export interface ListenerParts {
  readonly server: BrokerServer;
  readonly net: Net;
  readonly config: EffectiveConfig;
  readonly logger: Logger;
}

/** The listeners of a broker: those of `listeners`, also when that changes while it runs, and one within the process. */
export class OpenListeners {
  readonly #parts: ListenerParts;
  #all: readonly BrokerListener[] = [];
  #changing: Promise<void> = Promise.resolve();

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  /** In the order of `listeners`, then the one within the process; with the ports really bound. */
  get all(): readonly BrokerListener[] {
    return this.#all;
  }

  /** Opens all of `listeners`. Rejects when one cannot be opened. */
  async open(): Promise<void> {
    for (const listener of this.#parts.config.current.listeners)
      this.#all = [...this.#all, await this.#open(listener)];
  }

  /** Listens as well on a network in the process. */
  async openInProcess({ net, ...endpoint }: { net: Net; host: string; port: number }): Promise<void> {
    const own = { name: IN_PROCESS_LISTENER, endpoint, isUnlimited: true };
    this.#all = [...this.#all, await this.#parts.server.listen(net, own)];
  }

  /** Follows a change of `listeners`, after earlier ones: opens what came, closes what went. */
  change(): void {
    this.#changing = this.#changing.then(() => this.#change());
  }

  /** Resolves when all changes have been followed. */
  settled(): Promise<void> {
    return this.#changing;
  }

  #open({ name, host, port }: Listener): Promise<BrokerListener> {
    const { server, net, config } = this.#parts;
    const advertised = config.current.advertisedListeners.find((each) => each.name === name);
    return server.listen(net, { name, endpoint: { host, port }, advertised });
  }

  async #change(): Promise<void> {
    const { server, config, logger } = this.#parts;
    const wanted = config.current.listeners;
    const isOpen = (name: string) => this.#all.some((listener) => listener.name === name);
    const gone = this.#all.filter(
      ({ name }) => name !== IN_PROCESS_LISTENER && !wanted.some((listener) => listener.name === name),
    );
    for (const { name } of gone) await server.unlisten(name);
    this.#all = this.#all.filter((listener) => !gone.includes(listener));
    for (const listener of wanted.filter(({ name }) => !isOpen(name))) {
      try {
        this.#all = [...this.#all, await this.#open(listener)];
      } catch (err) {
        logger.error({ err, listener: listener.name }, 'listener cannot be opened');
      }
    }
  }
}
