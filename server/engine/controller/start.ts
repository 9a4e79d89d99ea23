// Starts the controller node: owns the metadata log and everything that decides over topics, settings and brokers. host/ calls
// it; it keeps no records of users and is never on the path of produce and fetch.
import type { CancelTimer, World } from '../../kernel/world.ts';
import type { NodeOptions, RunningNode } from '../node.ts';
import { startListener } from '../rpc/listener.ts';
import { Controller } from './controller.ts';
import { controllerHandlers } from './handlers.ts';

/** Opens or creates the metadata log in `options.folder`, replays it, and listens. Rejects with NetError, DiskError or DecodeError. */
export async function startController(world: World, options: NodeOptions): Promise<RunningNode> {
  const controller = await Controller.open(world, options);
  try {
    const listener = await startListener(world, {
      address: options.listen,
      handlers: controllerHandlers(controller),
      brokerLabel: 'controller',
    });
    world.log.debug(`metadata log from ${controller.log.startOffset} to ${controller.log.endOffset}`);
    return {
      address: listener.address,
      stop: (timeoutMs) => within(world, timeoutMs, () => stop(controller, listener)),
    };
  } catch (error) {
    await controller.close();
    throw error;
  }
}

async function stop(controller: Controller, listener: { close(): Promise<void> }): Promise<void> {
  controller.release();
  await listener.close();
  await controller.close();
}

async function within(world: World, timeoutMs: number, work: () => Promise<void>): Promise<void> {
  let cancel: CancelTimer = () => {};
  const over = new Promise<void>((resolve) => {
    cancel = world.timers.after(timeoutMs, resolve);
  });
  await Promise.race([work(), over]);
  cancel();
}
