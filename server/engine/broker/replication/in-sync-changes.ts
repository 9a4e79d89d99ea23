// Carries leaders' proposals of in-sync replicas to the controller and its word back (AlterPartitionManager). Proposals of one
// turn go together; one that got no answer is put again, after a pause, for as long as its leader holds to it. Used by Replicas.
import type { CancelTimer, World } from '../../../kernel/world.ts';
import { errorName } from '../../../protocol/errors.ts';
import type { InSyncAnswer, InSyncProposal } from '../../replication/leader.ts';
import { type ControllerLink, LinkError } from '../link/controller-link.ts';
import type { PartitionWish } from '../link/partition-changes.ts';
import type { Replica } from '../replica.ts';

const RETRY_MS = 1000;

interface Entry {
  readonly replica: Replica;
  readonly proposal: InSyncProposal;
}
export interface InSyncChangesOptions {
  readonly world: World;
  controller(): Pick<ControllerLink, 'alterPartitions' | 'brokerEpoch'>;
  /** Gives the controller's word to the leader; true when the proposal is to be put again. */
  onAnswer(replica: Replica, proposal: InSyncProposal, answer: InSyncAnswer): boolean;
}

export class InSyncChanges {
  readonly #options: InSyncChangesOptions;
  /** At most one for each partition led here: a leader proposes again only when it was answered. */
  #gathered: Entry[] = [];
  readonly #retries = new Set<CancelTimer>();
  #isClosed = false;

  constructor(options: InSyncChangesOptions) {
    this.#options = options;
  }

  propose(replica: Replica, proposal: InSyncProposal): void {
    this.#gathered.push({ replica, proposal });
    if (this.#gathered.length > 1) return;
    void Promise.resolve().then(() => {
      const entries = this.#gathered;
      this.#gathered = [];
      return this.#put(entries);
    });
  }
  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#retries) cancel();
  }

  async #put(entries: readonly Entry[]): Promise<void> {
    const { world, controller, onAnswer } = this.#options;
    const current = entries.filter(({ replica, proposal }) => replica.leadership?.proposal === proposal);
    if (this.#isClosed || current.length === 0) return;
    let again: readonly Entry[] = [];
    try {
      const answers = await controller().alterPartitions(
        current.map((entry) => wishOf(entry, controller().brokerEpoch)),
      );
      again = current.filter(({ replica, proposal }, i) => {
        const answer = answers[i];
        if (answer === undefined) return true;
        if (answer.errorCode !== 0) {
          const place = `${replica.topic}-${replica.partition}`;
          world.log.debug(`in-sync replicas of ${place}: ${errorName(answer.errorCode)}`);
        }
        return onAnswer(replica, proposal, answer);
      });
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      world.log.debug(`in-sync replicas: ${error.message}`);
      again = current;
    }
    if (again.length > 0 && !this.#isClosed) this.#putLater(again);
  }
  #putLater(entries: readonly Entry[]): void {
    const cancel = this.#options.world.timers.after(RETRY_MS, () => {
      this.#retries.delete(cancel);
      void this.#put(entries);
    });
    this.#retries.add(cancel);
  }
}

function wishOf({ replica, proposal }: Entry, ownEpoch: number): PartitionWish {
  const { topicId, partition, leader } = replica;
  const brokerEpochs = proposal.newInSyncReplicas.map((id, i) => {
    return id === leader ? ownEpoch : (proposal.brokerEpochs[i] ?? -1);
  });
  return { topicId, partition, ...proposal, brokerEpochs };
}
