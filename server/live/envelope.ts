// The envelope of what a browser sends, and how findings of any schema read to a person. Called by session.ts (messages), calls.ts
// (arguments) and subscription.ts (parameters). What is inside the envelope is checked by the declarations in contract/.
import { z } from 'zod';
import type { ClientMessage } from './contract.ts';

const id = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const slug = z.string().min(1).max(100);
const name = z.string().min(1).max(100);

/** Names are checked against the declarations afterwards, so that an unknown one gets an error of its own. */
export const envelopeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('subscribe'), id, cluster: slug, channel: name, params: z.unknown() }),
  z.strictObject({ type: z.literal('unsubscribe'), id }),
  z.strictObject({ type: z.literal('call'), id, cluster: slug, name, args: z.unknown() }),
  z.strictObject({ type: z.literal('ack'), seq: id }),
]);
export type Envelope = z.infer<typeof envelopeSchema>;

/** Compile-time proof that everything the contract lets a browser send fits the envelope. */
export type EnvelopeTakesTheContract = ClientMessage extends Envelope ? true : never;
export const envelopeTakesTheContract: EnvelopeTakesTheContract = true;

/** "limit: Too big…; name: …": at most three findings, as one line fit for a person. */
export function describeFindings(error: z.ZodError): string {
  const findings = error.issues.slice(0, 3).map(({ path, message }) => {
    const place = path.map(String).join('.');
    return place === '' ? message : `${place}: ${message}`;
  });
  const more = error.issues.length - findings.length;
  return `${findings.join('; ').slice(0, 500)}${more > 0 ? `; and ${more} more` : ''}`;
}
