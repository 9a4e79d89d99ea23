// The messages of SCRAM (RFC 5802, section 7), read and written. Names are compared as they are given, as Kafka does: SASLprep
// (RFC 4013) is the client's affair. A message that is not exactly one is null; nothing here throws.
import { utf8 } from './exchange.ts';

export interface ClientFirst {
  /** "n,," with what the client wrote in it: comes back, in base64, in its final message. */
  readonly gs2Header: string;
  /** '' when none was given. */
  readonly authorizationId: string;
  readonly user: string;
  readonly nonce: string;
  /** The message behind the header: part of what is signed. */
  readonly bare: string;
}
export interface ClientFinal {
  /** What c= says, decoded. */
  readonly channelBinding: Buffer;
  readonly nonce: string;
  readonly proof: Buffer;
  /** The message up to ",p=": part of what is signed. */
  readonly withoutProof: string;
}

// A saslname has no "=" but in its two escapes, and no ",". A nonce is printable ASCII without ",".
const SASL_NAME = '(?:[^\\0,=]|=2C|=3D)+';
const NONCE = '[\\x21-\\x2b\\x2d-\\x7e]+';
const EXTENSIONS = '(?:,[A-Za-z]=[^\\0,]+)*';
const BASE64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?';
// "y": the client could bind to a channel and knows that the server offers none. Binding itself ("p=") is not offered.
const CLIENT_FIRST = new RegExp(`^([ny],(?:a=(${SASL_NAME}))?,)(n=(${SASL_NAME}),r=(${NONCE})${EXTENSIONS})$`, 's');
const CLIENT_FINAL = new RegExp(`^(c=(${BASE64}),r=(${NONCE})${EXTENSIONS}),p=(${BASE64})$`, 's');

/** Many times what any client sends. */
const MAX_MESSAGE_BYTES = 16_384;
const textOf = (token: Buffer): string => (token.length > MAX_MESSAGE_BYTES ? '' : (utf8(token) ?? ''));

export function readClientFirst(token: Buffer): ClientFirst | null {
  const match = CLIENT_FIRST.exec(textOf(token));
  if (match === null) return null;
  const [, gs2Header = '', authorizationId = '', bare = '', user = '', nonce = ''] = match;
  return { gs2Header, authorizationId: unescapeName(authorizationId), user: unescapeName(user), nonce, bare };
}

export function readClientFinal(token: Buffer): ClientFinal | null {
  const match = CLIENT_FINAL.exec(textOf(token));
  if (match === null) return null;
  const [, withoutProof = '', binding = '', nonce = '', proof = ''] = match;
  const [channelBinding, proofBytes] = [Buffer.from(binding, 'base64'), Buffer.from(proof, 'base64')];
  return { channelBinding, nonce, proof: proofBytes, withoutProof };
}

export function serverFirst(nonce: string, salt: Buffer, iterations: number): string {
  return `r=${nonce},s=${salt.toString('base64')},i=${iterations}`;
}
export function serverFinal(signature: Buffer): string {
  return `v=${signature.toString('base64')}`;
}

export function escapeName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}
export function unescapeName(name: string): string {
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=');
}
