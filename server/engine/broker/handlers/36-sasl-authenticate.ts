// 36 SaslAuthenticate, versions 0–2. KIP-152, KIP-368. On a listener without SASL: ILLEGAL_SASL_STATE, as Kafka says.
import { ErrorCode } from '../../../protocol/errors.ts';
import { saslAuthenticate } from '../../../protocol/schema/36-sasl-authenticate.ts';
import { type Handler, serve } from '../../rpc/handler.ts';

const REFUSED = {
  errorCode: ErrorCode.ILLEGAL_SASL_STATE,
  errorMessage: 'SaslAuthenticate request received after successful authentication',
};

export function saslAuthenticateHandler(): Handler {
  return serve(saslAuthenticate, () => REFUSED);
}
