// A bare Kafka client for the oracle: one connection, one request at a time, any version of any API. Retries nothing and hides
// nothing: what the broker says is what the session sees.
import { connect, type Socket } from 'node:net';
import type { Api } from '../../server/protocol/codec.ts';
import type { Fields, Input, Value } from '../../server/protocol/grammar.ts';
import { Reader } from '../../server/protocol/reader.ts';
import { Writer } from '../../server/protocol/writer.ts';

const API_VERSIONS_KEY = 18;
const ANSWER_TIMEOUT_MS = 30_000;

interface Waiting {
  resolve(frame: Buffer): void;
  reject(error: Error): void;
}

export class Wire {
  readonly #socket: Socket;
  readonly #clientId: string;
  #bytes = Buffer.alloc(0);
  #waiting: Waiting | null = null;
  #correlationId = 0;

  private constructor(socket: Socket, clientId: string) {
    this.#socket = socket;
    this.#clientId = clientId;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#onData(bytes as Buffer));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#fail('the broker closed the connection'));
  }

  /** `server` is host:port. */
  static async open(server: string, clientId: string): Promise<Wire> {
    const [host, port] = [server.slice(0, server.lastIndexOf(':')), Number(server.slice(server.lastIndexOf(':') + 1))];
    const socket = await new Promise<Socket>((resolve, reject) => {
      const opened = connect(port, host, () => resolve(opened));
      opened.once('error', reject);
    });
    return new Wire(socket, clientId);
  }

  /** Rejects when the broker closes the connection or answers what cannot be read. */
  async send<Q extends Fields, R extends Fields>(api: Api<Q, R>, version: number, input: Input<Q>): Promise<Value<R>> {
    const writer = new Writer();
    api.request.write(this.#header(writer, api.key, version, api.request.isFlexible(version)), version, input);
    const frame = await this.#exchange(writer.toBuffer());
    const reader = new Reader(frame);
    reader.int32();
    if (api.key !== API_VERSIONS_KEY && api.response.isFlexible(version)) reader.tags(() => false);
    const value = api.response.read(reader, version);
    if (reader.remaining() > 0) throw new Error(`${reader.remaining()} bytes behind the answer to ${api.name}`);
    return value;
  }

  /** Sends a body as it is under any key and version; gives the answer behind its correlation id. */
  async sendBytes(key: number, version: number, body: Buffer, isFlexible: boolean): Promise<Buffer> {
    const writer = this.#header(new Writer(), key, version, isFlexible);
    const frame = await this.#exchange(Buffer.concat([writer.toBuffer(), body]));
    return frame.subarray(4);
  }

  close(): void {
    this.#socket.destroy();
  }

  #header(writer: Writer, key: number, version: number, isFlexible: boolean): Writer {
    writer.int16(key);
    writer.int16(version);
    writer.int32(++this.#correlationId);
    writer.nullableString(this.#clientId, false);
    if (isFlexible) writer.unsignedVarint(0);
    return writer;
  }

  async #exchange(request: Buffer): Promise<Buffer> {
    if (this.#socket.destroyed) throw new Error('the broker closed the connection');
    const size = Buffer.alloc(4);
    size.writeInt32BE(request.length);
    const answer = new Promise<Buffer>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    const timer = setTimeout(() => this.#fail(`no answer within ${ANSWER_TIMEOUT_MS} ms`), ANSWER_TIMEOUT_MS);
    this.#socket.write(Buffer.concat([size, request]));
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  #onData(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (this.#bytes.length < 4) return;
    const size = this.#bytes.readInt32BE();
    if (this.#bytes.length < 4 + size) return;
    const frame = this.#bytes.subarray(4, 4 + size);
    this.#bytes = this.#bytes.subarray(4 + size);
    this.#waiting?.resolve(frame);
    this.#waiting = null;
  }

  #fail(reason: string): void {
    this.#waiting?.reject(new Error(reason));
    this.#waiting = null;
  }
}
