import { describeConfigsRequest, incrementalAlterConfigsRequest } from '../../../kafka/protocol/index.ts';
import type { Answer } from '../wire/answer.ts';
import type { Wire } from '../wire/wire.ts';

const resourceType = 16;
const set = 0;
const remove = 1;

/**
 * Waits until a broker shows and does all that its controller has decided. A config of its own, changed last, is shown with
 * what was decided before; shown once more after another change, the rest of the broker has taken the first one too.
 */
export class Applied {
  readonly #wire: Wire;
  readonly #resourceName: string;
  #count = 100;
  #isChanged = false;

  constructor(wire: Wire, prefix: string) {
    this.#wire = wire;
    this.#resourceName = `${prefix}-applied`;
  }

  /** Something was asked that the controller decides. */
  changed(): void {
    this.#isChanged = true;
  }

  async wait(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    for (let times = 0; times < 2; times++) await this.#show();
  }

  /** Takes the config away again. */
  async close(): Promise<void> {
    await this.#alter(remove, null);
  }

  async #show(): Promise<void> {
    this.#count += 1;
    const value = `${this.#count}`;
    await this.#alter(set, value);
    const resources = [
      { resourceType, resourceName: this.#resourceName, configurationKeys: ['interval.ms'] },
    ];
    const isShown = (answer: Answer) => answer.text('results.0.configs.0.value') === value;
    const answer = await this.#wire.until(describeConfigsRequest, 4, { resources }, isShown);
    if (!isShown(answer)) throw new Error('a broker does not show a config that was changed ten seconds ago');
  }

  async #alter(configOperation: number, value: string | null): Promise<void> {
    const configs = [{ name: 'interval.ms', configOperation, value }];
    const resources = [{ resourceType, resourceName: this.#resourceName, configs }];
    await this.#wire.until(incrementalAlterConfigsRequest, 1, { resources, validateOnly: false }, () => true);
  }
}
