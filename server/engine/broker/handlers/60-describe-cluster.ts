// 60 DescribeCluster, versions 0–2. KIP-700, KIP-919 (endpoint type, v1), KIP-1073 (fenced brokers, v2). As in Kafka, any live
// broker stands for the controller: each forwards admin requests.
import { ErrorCode } from '../../../protocol/errors.ts';
import { describeCluster } from '../../../protocol/schema/60-describe-cluster.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { endpointsOfAll, isLive, liveBrokers } from '../endpoints.ts';
import { CLUSTER_OPERATIONS, NOT_ASKED } from '../topic-description.ts';

const BROKER_ENDPOINTS = 1;
const CONTROLLER_ENDPOINTS = 2;

export function describeClusterHandler(broker: Broker): Handler {
  return serve(describeCluster, (request, context) => {
    const { image } = broker.controller;
    if (request.endpointType !== BROKER_ENDPOINTS) {
      const isKnown = request.endpointType === CONTROLLER_ENDPOINTS;
      return {
        errorCode: isKnown ? ErrorCode.MISMATCHED_ENDPOINT_TYPE : ErrorCode.UNSUPPORTED_ENDPOINT_TYPE,
        errorMessage: isKnown
          ? 'This is a broker, not a controller'
          : `Endpoint type ${request.endpointType} is unknown`,
      };
    }
    const live = liveBrokers(image);
    const shown = request.includeFencedBrokers ? [...image.brokers.values()].sort((a, b) => a.id - b.id) : live;
    return {
      clusterId: image.clusterId,
      controllerId: live[0]?.id ?? -1,
      brokers: endpointsOfAll(shown, context.connection).map(({ nodeId, host, port, rack }) => ({
        brokerId: nodeId,
        host,
        port,
        rack,
        isFenced: !isLive(image, nodeId),
      })),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? CLUSTER_OPERATIONS : NOT_ASKED,
    };
  });
}
