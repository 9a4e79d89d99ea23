// 63 BrokerHeartbeat: versions 0-2, flexible from 0.
import { api } from '../codec.ts';
import { array, boolean, int16, int32, int64, uuid } from '../grammar.ts';

export const brokerHeartbeat = api({
  key: 63,
  name: 'BrokerHeartbeat',
  versions: '0-2',
  flexible: '0+',
  request: {
    brokerId: int32(),
    brokerEpoch: int64({ fallback: -1 }),
    currentMetadataOffset: int64(),
    wantFence: boolean(),
    wantShutDown: boolean(),
    offlineLogDirs: array(uuid(), { versions: '1+', tag: 0, tagged: '1+' }),
    cordonedLogDirs: array(uuid(), { versions: '2+', nullable: '2+', tag: 1, tagged: '2+', fallback: null }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    isCaughtUp: boolean(),
    isFenced: boolean({ fallback: true }),
    shouldShutDown: boolean(),
  },
});
