// Codes after which a transactional client waits and asks again (TransactionManager's retriable errors): for tests.
import { ErrorCode } from '../../../protocol/errors.ts';

export const CONCURRENT: readonly number[] = [
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
];
