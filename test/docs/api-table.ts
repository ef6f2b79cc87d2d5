import {
  apiOf,
  apis,
  apiVersionsRequest,
  apiVersionsResponse,
  type MessageDefinition,
} from '../../kafka/protocol/index.ts';
import { BrokerFixture } from '../broker/broker-fixture.ts';
import { withWritten } from './written.ts';

/** What there is to say about an API beside its versions. */
const notes: Readonly<Record<number, string>> = {
  0: 'Told from 0 on for the sake of librdkafka, as Kafka does; 0 to 2 are refused.',
  43: 'With one replica a partition has its preferred leader, or none.',
  55: 'A quorum of one: this node.',
  57: 'The features that are served, and `kraft.version`.',
  64: 'The broker that is asked cannot be removed.',
  71: 'Only told by Kafka when a metrics reporter takes what clients push.',
  72: 'Only told by Kafka when a metrics reporter takes what clients push.',
};

/** `text` of docs/compatibility.md with the table of APIs as the broker and Kafka 4.3 have them now. */
export async function withApiTable(text: string): Promise<string> {
  return withWritten(text, 'APIs', await apiTable());
}

/** Every API that Kafka 4.3 serves on a broker's listener, with the versions that this broker tells clients of. */
async function apiTable(): Promise<string> {
  const served = await servedVersions();
  const rows = apis
    .filter(({ request }) => request.listeners?.includes('broker'))
    .map(({ key, name, request }) => {
      const ours = served.get(key) ?? 'not served';
      return `| ${key} | ${name} | ${ours} | ${kafkaVersions(request)} | ${notes[key] ?? ''} |\n`;
    });
  const foreign = [...served.keys()].filter(
    (key) => apiOf(key)?.request.listeners?.includes('broker') !== true,
  );
  if (foreign.length > 0)
    throw new Error(`APIs ${foreign} are served and not Kafka's on a broker's listener`);
  return ['| key | API | Millrace | Kafka 4.3 | note |\n| --- | --- | --- | --- | --- |\n', ...rows].join('');
}

function kafkaVersions({ apiKey, versions, isLatestVersionUnstable }: MessageDefinition): string {
  const last = isLatestVersionUnstable ? versions.last - 1 : versions.last;
  return range(apiKey === 0 ? 0 : versions.first, last);
}

async function servedVersions(): Promise<ReadonlyMap<number, string>> {
  const fixture = await BrokerFixture.start();
  const software = { clientSoftwareName: 'docs', clientSoftwareVersion: '1' };
  const messages = [apiVersionsRequest, apiVersionsResponse] as const;
  const answer = await fixture.during(fixture.client.request(messages, 4, software));
  return new Map(
    answer?.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, range(minVersion, maxVersion)]),
  );
}

function range(first: number, last: number): string {
  return first === last ? `${first}` : `${first}-${last}`;
}
