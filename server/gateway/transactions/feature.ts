// Serves transactions: the list, one transactional id, who writes to a topic, and what can be done about a transaction.
import type { GatewayContext, Told } from '../context.ts';
import type { Feature } from '../feature.ts';
import { abortTransaction, fenceProducer } from './abort.ts';
import { Producers } from './producers.ts';
import { Transactions } from './transactions.ts';
import { transactionsView, transactionView } from './views.ts';

export const transactions: Feature<'transactions'> = (context) => {
  const known = new Transactions(context);
  const producers = new Producers(context);
  const concerns = (name: Told) => name === 'transactions' || (name === 'core' && context.metadata.failure !== null);
  /** Looks while the view is open. */
  const looking = () => {
    const release = known.watchBegan();
    return (owner: object) => {
      known.release(owner);
      release();
    };
  };
  /** They are read by a sampler of their own, which looks at once. */
  const changing =
    <Args, Result>(run: (of: GatewayContext, args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      const result = await run(context, args);
      known.refreshNow();
      return result;
    };
  return {
    channels: {
      transactions: (params) => ({
        interests: ['transactions'],
        concerns,
        compute: (owner) => transactionsView(context, known, params, owner),
        release: looking(),
      }),
      transaction: ({ transactionalId }) => ({
        interests: ['transactions'],
        concerns,
        compute: (owner) => transactionView(context, known, transactionalId, owner),
        release: looking(),
      }),
      producers: (params) => ({
        interests: ['producers'],
        concerns: (name, item) => name === 'producers' && item === params.topic,
        compute: () => producers.view(params),
        release: producers.watchBegan(params),
      }),
    },
    calls: {
      'transaction.abort': changing(abortTransaction),
      'transaction.fence': changing(fenceProducer),
    },
    streams: {},
    close: () => Promise.all([known.close(), producers.close()]),
  };
};
