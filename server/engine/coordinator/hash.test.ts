import assert from 'node:assert/strict';
import { test } from 'node:test';
import { javaHashCode, partitionFor } from './hash.ts';

test('[GRP-1] a group belongs to the partition that Java’s String.hashCode gives', () => {
  // From Java's own documentation of hashCode and jshell.
  assert.equal(javaHashCode(''), 0);
  assert.equal(javaHashCode('hello'), 99162322);
  assert.equal(javaHashCode('polygenelubricants'), -2147483648);
  assert.equal(partitionFor('hello', 50), 22);
  assert.equal(partitionFor('polygenelubricants', 50), 0);
  assert.equal(partitionFor('console-consumer-12345', 50), Math.abs(javaHashCode('console-consumer-12345')) % 50);
});
