// Plain JavaScript: a TypeScript one would be compiled again at each start.
/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Types are checked by `npm test`; a build at start-up need not do it again.
  typescript: { ignoreBuildErrors: true },
};
export default config;
