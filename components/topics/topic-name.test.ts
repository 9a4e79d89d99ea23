// Proves that the page refuses the names Kafka refuses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topicNameProblem } from './topic-name.ts';

test('[WEB-40] the page accepts and refuses topic names as Kafka does', () => {
  for (const name of ['a', 'a.b_c-d9', '__consumer_offsets', 'x'.repeat(249), '...'])
    assert.equal(topicNameProblem(name), null, name);
  for (const name of ['', '.', '..', 'a b', 'ä', 'a/b', 'x'.repeat(250), 'a\n'])
    assert.notEqual(topicNameProblem(name), null, name);
});
