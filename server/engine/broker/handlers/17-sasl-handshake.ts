// 17 SaslHandshake, versions 0–1. KIP-43. On a listener without SASL there is nothing to agree on: ILLEGAL_SASL_STATE, as Kafka says.
import { ErrorCode } from '../../../protocol/errors.ts';
import { saslHandshake } from '../../../protocol/schema/17-sasl-handshake.ts';
import { type Handler, serve } from '../../rpc/handler.ts';

export function saslHandshakeHandler(): Handler {
  return serve(saslHandshake, () => ({ errorCode: ErrorCode.ILLEGAL_SASL_STATE, mechanisms: [] }));
}
