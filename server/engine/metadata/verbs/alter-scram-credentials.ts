// AlterUserScramCredentials (KIP-554, ScramControlManager): user by user. The client hands over a salted password; what is kept are
// the two keys made from it (RFC 5802), from which it cannot be had back.

import { hmacSha2, type Sha2, sha2 } from '../../../kernel/sha2.ts';
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { alterUserScramCredentials } from '../../../protocol/schema/51-alter-user-scram-credentials.ts';
import { type ControllerView, type Decision, type Refusal, refuse } from '../decision.ts';
import { type MetadataRecord, record } from '../record.ts';
import { SCRAM_MECHANISM } from '../scram-credentials.ts';

type Request = RequestOf<typeof alterUserScramCredentials>;
type Upsertion = Request['upsertions'][number];
type Reply = ResponseInput<typeof alterUserScramCredentials>;

const MIN_ITERATIONS = 4096;
const MAX_ITERATIONS = 16_384;
/** DIVERGES: Kafka takes any number and length. The keys of each user take the controller some tenths of a millisecond. */
const MAX_USERS_PER_REQUEST = 500;
/** DIVERGES: Kafka takes any length. With a longer salt nobody could log in: the server's message would be longer than one may be. */
const MAX_SECRET_BYTES = 8192;
const CLIENT_KEY = Buffer.from('Client Key');
const SERVER_KEY = Buffer.from('Server Key');
const HASHES: ReadonlyMap<number, Sha2> = new Map([
  [SCRAM_MECHANISM.sha256, 'sha256'],
  [SCRAM_MECHANISM.sha512, 'sha512'],
]);
const TOO_MANY = refuse(ErrorCode.POLICY_VIOLATION, `More than ${MAX_USERS_PER_REQUEST} users in one request.`);
const TWICE = refuse(ErrorCode.DUPLICATE_RESOURCE, 'A user credential cannot be altered twice in the same request');

/**
 * POLICY_VIOLATION for users beyond MAX_USERS_PER_REQUEST, UNACCEPTABLE_CREDENTIAL, UNSUPPORTED_SASL_MECHANISM, RESOURCE_NOT_FOUND, and DUPLICATE_RESOURCE for a user named twice: nothing is
 * changed for that one then.
 */
export function decideAlterScramCredentials(view: ControllerView, request: Request): Decision<Reply> {
  const outcomes = new Map<string, MetadataRecord | Refusal>();
  const settle = (name: string, decideOne: () => MetadataRecord | Refusal) => {
    const before = outcomes.get(name);
    if (before === undefined) outcomes.set(name, outcomes.size < MAX_USERS_PER_REQUEST ? decideOne() : TOO_MANY);
    else if ('kind' in before) outcomes.set(name, TWICE);
  };
  for (const { name, mechanism } of request.deletions) {
    settle(
      name,
      () => problemWithDeletion(view, name, mechanism) ?? record('removeUserScramCredential', { name, mechanism }),
    );
  }
  for (const upsertion of request.upsertions) settle(upsertion.name, () => upserted(upsertion));
  const records: MetadataRecord[] = [];
  const results = [...outcomes].map(([user, outcome]) => {
    if (!('kind' in outcome)) return { user, ...outcome };
    records.push(outcome);
    return { user, errorCode: ErrorCode.NONE, errorMessage: null };
  });
  return { records, reply: { results } };
}

function problemWithDeletion(view: ControllerView, name: string, mechanism: number): Refusal | null {
  const problem = problemWith(name, mechanism);
  if (problem !== null || view.state.scramCredentials.has(name, mechanism)) return problem;
  return refuse(ErrorCode.RESOURCE_NOT_FOUND, 'Attempt to delete a user credential that does not exist');
}

function problemWith(name: string, mechanism: number): Refusal | null {
  if (name === '') return refuse(ErrorCode.UNACCEPTABLE_CREDENTIAL, 'Username must not be empty');
  if (HASHES.has(mechanism)) return null;
  return refuse(ErrorCode.UNSUPPORTED_SASL_MECHANISM, 'Unknown SCRAM mechanism');
}

function upserted({ name, mechanism, iterations, salt, saltedPassword }: Upsertion): MetadataRecord | Refusal {
  const hash = HASHES.get(mechanism);
  const problem = problemWith(name, mechanism);
  if (problem !== null || hash === undefined) return problem ?? TWICE;
  if (iterations < MIN_ITERATIONS) return refuse(ErrorCode.UNACCEPTABLE_CREDENTIAL, 'Too few iterations');
  if (iterations > MAX_ITERATIONS) return refuse(ErrorCode.UNACCEPTABLE_CREDENTIAL, 'Too many iterations');
  if (salt.length > MAX_SECRET_BYTES || saltedPassword.length > MAX_SECRET_BYTES) {
    return refuse(ErrorCode.UNACCEPTABLE_CREDENTIAL, 'Salt or salted password is too long');
  }
  const storedKey = sha2(hash, hmacSha2(hash, saltedPassword, CLIENT_KEY));
  const serverKey = hmacSha2(hash, saltedPassword, SERVER_KEY);
  return record('userScramCredential', { name, mechanism, salt, storedKey, serverKey, iterations });
}
