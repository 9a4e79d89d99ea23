// Plain JavaScript: a TypeScript one would be compiled again at each start.
/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Types are checked by `npm test`; a build at start-up need not do it again.
  typescript: { ignoreBuildErrors: true },
  // Browsers ask for this name whenever they have not read the page's own icon yet.
  rewrites: () => Promise.resolve([{ source: '/favicon.ico', destination: '/icon.svg' }]),
};
export default config;
