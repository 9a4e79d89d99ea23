// 31 DeleteAcls, versions 1–3. KIP-140. There is no authorizer: SECURITY_DISABLED for each filter.
import { ErrorCode } from '../../../protocol/errors.ts';
import { deleteAcls } from '../../../protocol/schema/31-delete-acls.ts';
import { type Handler, serve } from '../../rpc/handler.ts';

const REFUSED = { errorCode: ErrorCode.SECURITY_DISABLED, errorMessage: 'No Authorizer is configured.' };

export function deleteAclsHandler(): Handler {
  return serve(deleteAcls, ({ filters }) => ({ filterResults: filters.map(() => REFUSED) }));
}
