// 57 UpdateFeatures, versions 0–2. KIP-584, KIP-778. Levels are those of the program: to ask for the one in force succeeds, any
// other is refused. One update that is refused fails all.
import { ErrorCode } from '../../../protocol/errors.ts';
import { updateFeatures } from '../../../protocol/schema/57-update-features.ts';
import { problemWithLevel } from '../../rpc/features.ts';
import { type Handler, serve } from '../../rpc/handler.ts';

const FIRST_VERSION_WITH_TYPES = 1;
const [UPGRADE, SAFE_DOWNGRADE] = [1, 2] as const;

/** INVALID_UPDATE_VERSION. */
export function updateFeaturesHandler(): Handler {
  return serve(updateFeatures, ({ featureUpdates }, { apiVersion }) => {
    for (const { feature, maxVersionLevel, allowDowngrade, upgradeType } of featureUpdates) {
      const oldType = allowDowngrade ? SAFE_DOWNGRADE : UPGRADE;
      const type = apiVersion < FIRST_VERSION_WITH_TYPES ? oldType : upgradeType;
      const problem = problemWithLevel(feature, maxVersionLevel, type);
      if (problem === null) continue;
      const why = `Invalid update version ${maxVersionLevel} for feature ${feature}. ${problem}`;
      const errorMessage = `The update failed for all features since the following feature had an error: ${why}`;
      return { errorCode: ErrorCode.INVALID_UPDATE_VERSION, errorMessage };
    }
    const names = new Set(featureUpdates.map(({ feature }) => feature));
    return {
      errorCode: ErrorCode.NONE,
      results: [...names].map((feature) => ({ feature, errorCode: ErrorCode.NONE })),
    };
  });
}
