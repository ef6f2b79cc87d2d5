import { silentLogger } from '../../../platform/logger.ts';
import { MemoryNet } from '../../../platform/memory-net.ts';
import type { Platform } from '../../../platform/platform.ts';
import { MemoryFiles } from '../../../platform/simulation/memory-files.ts';
import { SeededEntropy } from '../../../platform/simulation/seeded-entropy.ts';
import { systemPlatform } from '../../../platform/system-platform.ts';
import type { Tool } from '../../../runtime/cli/kafka-tools/tool.ts';
import { ScriptedBroker } from '../../kafka/client/scripted-broker.ts';
import { type Ran, runTool, words } from './tool-cluster.ts';

const NOW = 1_800_000_000_000;

/** A broker that answers as a test says, and tools that ask it. The clock shows {@link now}. */
export class ScriptedTools {
  readonly now = NOW;
  readonly broker: ScriptedBroker;
  readonly platform: Platform;

  private constructor(platform: Platform, broker: ScriptedBroker) {
    this.platform = platform;
    this.broker = broker;
  }

  static async start(): Promise<ScriptedTools> {
    const system = systemPlatform(silentLogger);
    const { executor } = system;
    const clock = {
      now: () => NOW,
      monotonic: () => system.clock.monotonic(),
      timer: (delayMs: number, callback: () => void) => system.clock.timer(delayMs, callback),
    };
    const files = new MemoryFiles({ clock, executor, entropy: new SeededEntropy('tools') });
    const platform = { ...system, clock, files, net: new MemoryNet({ executor }) };
    const broker = await new ScriptedBroker(platform).start();
    broker.serveTopics({ t: [1] });
    return new ScriptedTools(platform, broker);
  }

  /** Runs a tool with the words of a command line; the server is added. */
  run(tool: Tool, line: string): Promise<Ran> {
    return runTool(tool, ['--bootstrap-server', 'broker-1:9092', ...words(line)], {
      platform: this.platform,
    });
  }

  close(): Promise<void> {
    return this.platform.executor.close();
  }
}
