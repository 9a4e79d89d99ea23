// 62 BrokerRegistration: versions 0-4, flexible from 0.
import { api } from '../codec.ts';
import { array, boolean, int16, int32, int64, string, uint16, uuid } from '../grammar.ts';

export const brokerRegistration = api({
  key: 62,
  name: 'BrokerRegistration',
  versions: '0-4',
  flexible: '0+',
  request: {
    brokerId: int32(),
    clusterId: string(),
    incarnationId: uuid(),
    listeners: array({
      name: string(),
      host: string(),
      port: uint16(),
      securityProtocol: int16(),
    }),
    features: array({
      name: string(),
      minSupportedVersion: int16(),
      maxSupportedVersion: int16(),
    }),
    rack: string({ nullable: '0+' }),
    isMigratingZkBroker: boolean({ versions: '1+' }),
    logDirs: array(uuid(), { versions: '2+' }),
    previousBrokerEpoch: int64({ versions: '3+', fallback: -1 }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    brokerEpoch: int64({ fallback: -1 }),
  },
});
