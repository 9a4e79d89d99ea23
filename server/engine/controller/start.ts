// Starts the controller node: owns the metadata log and everything that decides over topics, settings and brokers. host/ calls
// it; it keeps no records of users and is never on the path of produce and fetch.
import type { CancelTimer, World } from '../../kernel/world.ts';
import { validateBrokerConfigs } from '../metadata/settings.ts';
import type { NodeOptions, RunningNode } from '../node.ts';
import { startListener } from '../rpc/listener.ts';
import { Controller } from './controller.ts';
import { controllerHandlers } from './handlers.ts';

/** A static setting that is unknown or has no such value: one clear line. */
export class SettingsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettingsError';
  }
}

/** Opens or creates the metadata log in `options.folder`, replays it, and listens. Rejects with SettingsError, NetError, DiskError or DecodeError. */
export async function startController(world: World, options: NodeOptions): Promise<RunningNode> {
  // Every node of a cluster gets the same settings, and the controller starts first.
  const problem = validateBrokerConfigs(Object.entries(options.settings), false);
  if (problem !== null) throw new SettingsError(problem);
  const controller = await Controller.open(world, options);
  try {
    const listener = await startListener(world, {
      address: options.listen,
      handlers: controllerHandlers(controller, options),
      brokerLabel: 'controller',
      identity: options,
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
