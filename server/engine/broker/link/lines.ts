// A line to each other broker: made when it is first needed, and anew where the broker has moved to another address. For what
// transactions ask of brokers. It never says anything of its own.
import type { World } from '../../../kernel/world.ts';
import type { MetadataImage } from '../../metadata/image.ts';
import { dialable } from '../endpoints.ts';
import { Line } from './line.ts';

export interface LinesOptions {
  readonly world: World;
  readonly clientId: string;
  image(): MetadataImage;
}

export class Lines {
  readonly #options: LinesOptions;
  readonly #lines = new Map<number, { readonly line: Line; readonly address: string }>();
  #isClosed = false;

  constructor(options: LinesOptions) {
    this.#options = options;
  }
  close(): void {
    this.#isClosed = true;
    for (const { line } of this.#lines.values()) line.close();
    this.#lines.clear();
  }

  /** Null for a broker that is not registered, and after close(). */
  to(brokerId: number): Line | null {
    const { world, clientId, image } = this.#options;
    const address = dialable(image().brokers.get(brokerId));
    const text = address === null ? null : `${address.host}:${address.port}`;
    const known = this.#lines.get(brokerId);
    if (known !== undefined && known.address === text) return known.line;
    known?.line.close();
    this.#lines.delete(brokerId);
    if (address === null || text === null || this.#isClosed) return null;
    const line = new Line(world, address, clientId);
    this.#lines.set(brokerId, { line, address: text });
    return line;
  }
}
