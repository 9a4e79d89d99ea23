// World.hashing on node:crypto. PBKDF2 runs on Node's own threads; how many at a time is for the caller to bound.
import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import type { Hashing } from '../../kernel/world.ts';

const HASH_BYTES = { sha256: 32, sha512: 64 } as const;

export const hostHashing: Hashing = {
  sha2: (kind, message) => createHash(kind).update(message).digest(),
  hmac: (kind, key, message) => createHmac(kind, key).update(message).digest(),
  stretch: (kind, { password, salt, iterations }) =>
    new Promise((resolve, reject) => {
      pbkdf2(password, salt, iterations, HASH_BYTES[kind], kind, (error, key) => {
        if (error === null) resolve(key);
        else reject(error);
      });
    }),
};
