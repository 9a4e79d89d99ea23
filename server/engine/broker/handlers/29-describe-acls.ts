// 29 DescribeAcls, versions 1–3. KIP-140. There is no authorizer: SECURITY_DISABLED, as a broker of Kafka without one says.
import { ErrorCode } from '../../../protocol/errors.ts';
import { describeAcls } from '../../../protocol/schema/29-describe-acls.ts';
import { type Handler, serve } from '../../rpc/handler.ts';

const REFUSED = {
  errorCode: ErrorCode.SECURITY_DISABLED,
  errorMessage: 'No Authorizer is configured on the broker',
};

export function describeAclsHandler(): Handler {
  return serve(describeAcls, () => REFUSED);
}
