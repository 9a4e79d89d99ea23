// 55 DescribeQuorum, versions 0–2. KIP-595: who keeps the metadata log and how far its readers are. The controller answers.
import { describeQuorum } from '../../../protocol/schema/55-describe-quorum.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

/** The request names no time of its own. */
const TIMEOUT_MS = 30_000;

export function describeQuorumHandler(broker: Broker): Handler {
  return serve(describeQuorum, async (request) => {
    const outcome = await forwarded(broker, describeQuorum, request, TIMEOUT_MS);
    return 'answer' in outcome ? outcome.answer : outcome.noAnswer;
  });
}
