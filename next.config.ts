import type { NextConfig } from 'next';

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Types are checked by `npm test`; a build at start-up need not do it again.
  typescript: { ignoreBuildErrors: true },
};
export default config;
