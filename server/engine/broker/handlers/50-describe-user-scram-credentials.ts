// 50 DescribeUserScramCredentials, version 0. KIP-554: mechanisms and iterations of users, never their keys (ScramImage.describe).
import { ErrorCode } from '../../../protocol/errors.ts';
import { describeUserScramCredentials } from '../../../protocol/schema/50-describe-user-scram-credentials.ts';
import { duplicatesOf } from '../../metadata/decision.ts';
import type { MetadataImage } from '../../metadata/image.ts';
import { type Handler, serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

type Shown = { readonly mechanism: number; readonly iterations: number };

/** All users when none is named; per user RESOURCE_NOT_FOUND, DUPLICATE_RESOURCE where one is named twice. */
export function describeUserScramCredentialsHandler(broker: Broker): Handler {
  return serve(describeUserScramCredentials, ({ users }) => {
    const known = byUser(broker.controller.image);
    const asked = users === null || users.length === 0 ? [...known.keys()] : users.map(({ name }) => name);
    const twice = duplicatesOf(asked);
    const results = [...new Set(asked)].map((user) => {
      if (twice.has(user)) {
        const errorMessage = `Cannot describe SCRAM credentials for the same user twice in a single request: ${user}`;
        return { user, errorCode: ErrorCode.DUPLICATE_RESOURCE, errorMessage };
      }
      const credentialInfos = known.get(user);
      if (credentialInfos !== undefined) return { user, errorCode: ErrorCode.NONE, credentialInfos };
      const errorMessage = `Attempt to describe a user credential that does not exist: ${user}`;
      return { user, errorCode: ErrorCode.RESOURCE_NOT_FOUND, errorMessage };
    });
    return { errorCode: ErrorCode.NONE, results };
  });
}

function byUser(image: MetadataImage): Map<string, Shown[]> {
  const known = new Map<string, Shown[]>();
  for (const { name, mechanism, iterations } of image.scramCredentials.all) {
    const shown = known.get(name) ?? [];
    shown.push({ mechanism, iterations });
    known.set(name, shown);
  }
  return known;
}
