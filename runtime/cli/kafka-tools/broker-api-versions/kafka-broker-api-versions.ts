import type { Admin, BrokerDescription, ServedApi } from '../../../../kafka/client/index.ts';
import { type Api, apis } from '../../../../kafka/protocol/index.ts';
import { requiredConnection, withAdmin } from '../connection-options.ts';
import { javaText } from '../java-error.ts';
import { defineTool } from '../tool.ts';

/** `kafka-broker-api-versions`: shows which versions of which APIs each broker serves, and which are used of them. */
export const kafkaBrokerApiVersions = defineTool<keyof typeof requiredConnection>({
  name: 'kafka-broker-api-versions',
  summary: 'This tool helps to retrieve broker version information.',
  options: requiredConnection,
  async run(args, context) {
    await withAdmin(args, context, async (admin) => {
      const { brokers } = await admin.describeCluster();
      for (const broker of brokers) await context.out.line(await brokerText(broker, admin));
    });
    return 0;
  },
});

async function brokerText(broker: BrokerDescription, admin: Admin): Promise<string> {
  const { nodeId, host, port, rack, isFenced = false } = broker;
  const name = `${host}:${port} (id: ${nodeId} rack: ${rack} isFenced: ${isFenced})`;
  try {
    const lines = apiLines(await admin.describeApiVersions(nodeId));
    return `${name} -> (\n${lines.map((line) => `\t${line}`).join(',\n')}\n)`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `${name} -> ERROR: ${javaText(error)}`;
  }
}

function apiLines(served: readonly ServedApi[]): readonly string[] {
  const clientApis = apis.filter(({ request }) => request.listeners.includes('broker'));
  const known = clientApis.map((api) => {
    const found = served.find(({ apiKey }) => apiKey === api.key);
    const name = `${api.request.name.replace(/Request$/, '')}(${api.key})`;
    return found === undefined
      ? `${name}: UNSUPPORTED`
      : `${name}: ${rangeText(found)} ${usable(api, found)}`;
  });
  const unknown = served
    .filter(({ apiKey }) => !clientApis.some(({ key }) => key === apiKey))
    .map((each) => `UNKNOWN(${each.apiKey}): ${rangeText(each)}`);
  return [...known, ...unknown];
}

function rangeText({ minVersion, maxVersion }: ServedApi): string {
  return minVersion === maxVersion ? String(minVersion) : `${minVersion} to ${maxVersion}`;
}

function usable({ request }: Api, { minVersion, maxVersion }: ServedApi): string {
  const last = request.versions.last - (request.isLatestVersionUnstable ? 1 : 0);
  if (maxVersion < request.versions.first) return '[unusable: node too old]';
  if (minVersion > last) return '[unusable: node too new]';
  return `[usable: ${Math.min(maxVersion, last)}]`;
}
