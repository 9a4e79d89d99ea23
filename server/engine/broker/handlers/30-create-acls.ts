// 30 CreateAcls, versions 1–3. KIP-140. There is no authorizer: SECURITY_DISABLED for each of them.
import { ErrorCode } from '../../../protocol/errors.ts';
import { createAcls } from '../../../protocol/schema/30-create-acls.ts';
import { type Handler, serve } from '../../rpc/handler.ts';

const REFUSED = { errorCode: ErrorCode.SECURITY_DISABLED, errorMessage: 'No Authorizer is configured.' };

export function createAclsHandler(): Handler {
  return serve(createAcls, ({ creations }) => ({ results: creations.map(() => REFUSED) }));
}
