// Proves that what clients wrote cannot pass for something else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foreignParts, foreignString } from './foreign-text.ts';

test('[WEB-110] characters that nobody sees, or that turn the line around, are marked by name', () => {
  assert.equal(foreignString('a\u202egnp.exe'), 'a⟨RLO⟩gnp.exe');
  assert.equal(foreignString('user-42\u200b'), 'user-42⟨ZWSP⟩');
  assert.equal(foreignString('user-42 '), 'user-42⟨␠⟩');
  assert.equal(foreignString('  x  y '), '⟨␠⟩⟨␠⟩x  y⟨␠⟩');
  assert.equal(foreignString('a\u0000b\u001b[31m'), 'a⟨NUL⟩b⟨ESC⟩[31m');
  assert.equal(foreignString('a\nb\tc'), 'a⟨↵⟩b⟨⇥⟩c');
  assert.equal(foreignString('a\u00a0b\u3000c'), 'a⟨NBSP⟩b⟨IDSP⟩c');
  assert.equal(foreignString('\u{e0041}\u3164'), '⟨U+E0041⟩⟨U+3164⟩');
  assert.equal(foreignParts('x\u200b')[1]?.mark?.name, 'zero width space, U+200B');
});

test('[WEB-110] what people wrote to be read stays: letters of every script, accents, pictures made of several', () => {
  for (const text of ['東京', 'naïve', 'مرحبا', '👩‍👩‍👧', '❤️', 'a b c', '']) assert.equal(foreignString(text), text);
});

test('[WEB-110] in a text of several lines the lines stay; a cut text does not end in a trailing blank', () => {
  assert.deepEqual(foreignParts('a\n\tb\r\n c ', { keepsLines: true }), [{ text: 'a\n\tb\r\n c ', mark: null }]);
  assert.deepEqual(foreignParts('é a ', { isCut: true }), [{ text: 'é a ', mark: null }]);
});

test('[WEB-110] nothing is lost: the parts make up the text, and two different texts never look the same', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '\u200b', '\u202e', '\n', '\u00a0', '\u200d', '👩', '⟨') });
  fc.assert(
    fc.property(text, text, (one, other) => {
      assert.equal(
        foreignParts(one)
          .map((part) => part.text)
          .join(''),
        one,
      );
      if (one === other) return;
      const look = (each: string) => JSON.stringify(foreignParts(each).map((part) => part.mark?.name ?? part.text));
      assert.notEqual(look(one), look(other));
    }),
  );
});
