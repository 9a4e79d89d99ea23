// Passwords: one made at random in the browser, and what to know of one that is typed. Pure but for the random bytes.

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
const LENGTH = 24;

/** 24 letters and digits, none of them mistaken for another: 139 bits. */
export function randomPassword(
  random: (bytes: Uint8Array) => Uint8Array = (bytes) => crypto.getRandomValues(bytes),
): string {
  const usable = 256 - (256 % LETTERS.length);
  let password = '';
  while (password.length < LENGTH) {
    for (const byte of random(new Uint8Array(LENGTH))) {
      // What is left over would make the first letters likelier.
      if (byte < usable && password.length < LENGTH) password += LETTERS[byte % LETTERS.length];
    }
  }
  return password;
}

/** Null: it can be used. */
export function passwordProblem(password: string): string | null {
  return password === '' ? 'Type a password, or generate one.' : null;
}

/** What may surprise later, though Kafka takes it. */
export function passwordHint(password: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is meant.
  if (/[^\x00-\x7f]/.test(password))
    return 'Outside ASCII, clients may write a letter in other bytes than the ones stored (SASLprep). Plain letters and digits work everywhere.';
  if (password !== password.trim()) return 'It begins or ends with a space, which is easily lost when it is copied.';
  return password.length > 0 && password.length < 12
    ? 'Short: SCRAM keeps nobody from guessing. Twelve or more are better.'
    : null;
}

/** Null: Kafka takes the name. */
export function userNameProblem(name: string): string | null {
  return name === '' ? 'Name the user.' : name !== name.trim() ? 'It begins or ends with a space.' : null;
}
