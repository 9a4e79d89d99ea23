// What every simulated client has that works until it is told to stop: its Client, its end, and somebody who hears what it threw.
import { Client, type ClientOptions } from './client.ts';

export abstract class ClientLoop<O extends ClientOptions = ClientOptions> {
  readonly client: Client;
  isDone = false;
  protected readonly o: O;

  constructor(options: O) {
    this.o = options;
    this.client = new Client(options);
  }
  run(): void {
    void this.work()
      .catch((error: unknown) => this.o.fail(error))
      .finally(() => {
        this.isDone = true;
      });
  }
  /** Comes to an end soon after `client.isStopping` is set. */
  protected abstract work(): Promise<void>;
}
