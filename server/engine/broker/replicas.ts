// The partitions this broker holds: which log, led under which epoch, readable up to which offset. Follows the metadata image;
// handlers find partitions here. Must never change the image.
import type { CoordinatorStore } from '../coordinator/store.ts';
import type { MetadataDelta } from '../metadata/image.ts';

export class Replicas {
  /** Creates, deletes and changes partitions as the metadata log says. */
  apply(_delta: MetadataDelta): void {
    throw new Error('not written yet');
  }
  /** The store of a coordinator over one internal topic. */
  coordinatorStore(_topic: string): CoordinatorStore {
    throw new Error('not written yet');
  }
}
