// Sessions about which requests a broker offers, and what it says to those it cannot read.
import { apiVersions } from '../../../server/protocol/schema/18-api-versions.ts';
import type { Session, Talk } from '../talk.ts';

const MAX_API_KEY = 92;
/** Streams and share groups, delegation tokens, telemetry and voters; DescribeLogDirs, which Kafka 4.3 has one version more of. */
const APART: ReadonlySet<number> = new Set([
  35, 38, 39, 40, 41, 71, 72, 76, 77, 78, 79, 80, 81, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92,
]);
const UPDATE_FEATURES = 57;
const SOFTWARE = { clientSoftwareName: 'oracle', clientSoftwareVersion: '1' };

/** Every key there is with its versions, so that one API more or less moves no line of the others. */
async function offeredApis(talk: Talk): Promise<Map<number, string>> {
  const answer = await talk.peek(apiVersions, 3, SOFTWARE);
  const byKey = new Map(answer.apiKeys.map((api) => [api.apiKey, `${api.minVersion} to ${api.maxVersion}`]));
  return new Map(Array.from({ length: MAX_API_KEY + 1 }, (_, key) => [key, byKey.get(key) ?? 'none']));
}

export const requestSessions: readonly Session[] = [
  {
    name: 'api-versions-too-new',
    run: async (talk) => {
      await talk.askBytes(18, 99, Buffer.from([0]), true);
    },
  },
  {
    name: 'api-versions-names',
    run: async (talk) => {
      const ask = async (clientSoftwareName: string, clientSoftwareVersion: string) => {
        const answer = await talk.peek(apiVersions, 3, { clientSoftwareName, clientSoftwareVersion });
        talk.note(`"${clientSoftwareName}" "${clientSoftwareVersion}"`, answer.errorCode);
      };
      await ask('oracle', '1.0');
      await ask('', '1.0');
      await ask('a b', '');
    },
  },
  {
    name: 'api-versions-old',
    run: async (talk) => {
      for (const version of [0, 1, 2]) {
        const answer = await talk.peek(apiVersions, version, {});
        talk.note(`v${version}`, [answer.errorCode, answer.throttleTimeMs, answer.apiKeys.length > 30]);
      }
    },
  },
  {
    name: 'api-versions-offered',
    run: async (talk) => {
      const offered = await offeredApis(talk);
      for (const [key, versions] of offered)
        if (!APART.has(key) && key !== UPDATE_FEATURES) talk.note(`api ${key}`, versions);
    },
  },
  {
    name: 'api-versions-apart',
    run: async (talk) => {
      const offered = await offeredApis(talk);
      for (const key of APART) talk.note(`api ${key}`, offered.get(key));
    },
  },
  {
    name: 'api-versions-update-features',
    run: async (talk) => talk.note('offered', (await offeredApis(talk)).get(UPDATE_FEATURES)),
  },
  {
    name: 'api-versions-features',
    run: async (talk) => {
      const answer = await talk.peek(apiVersions, 4, SOFTWARE);
      for (const name of ['group.version', 'transaction.version']) {
        talk.note(`${name} supported`, answer.supportedFeatures.find((feature) => feature.name === name) ?? 'no');
        talk.note(`${name} finalised`, answer.finalizedFeatures.find((feature) => feature.name === name) ?? 'no');
      }
    },
  },
  ...(
    [
      ['unknown-key', 999, 0],
      ['version-too-new', 3, 99],
      ['version-too-old', 1, 0],
    ] as const
  ).map(([name, key, version]) => ({
    name: `wire-${name}`,
    run: (talk: Talk) => talk.askBytes(key, version, Buffer.alloc(16), false),
  })),
  { name: 'wire-cut-body', run: (talk) => talk.askBytes(3, 9, Buffer.from([5]), true) },
];
