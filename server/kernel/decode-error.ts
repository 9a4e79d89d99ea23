// Hostile or broken bytes. Thrown by codecs; caught where bytes enter: the listener (which closes the connection), log
// recovery (which cuts the tail) and the reader of a checkpoint file.
export class DecodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DecodeError';
  }
}
