import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { LiveProvider } from '../components/live/core/live-provider.tsx';
import { themeScript } from '../components/shell/theme.ts';
import { services } from '../server/bridge.ts';
import './globals.css';

// Every page shows what the cluster says now.
export const dynamic = 'force-dynamic';
export const metadata: Metadata = {
  title: { default: 'Barnabas', template: '%s · Barnabas' },
  description: 'A Kafka cluster and its control room',
};
export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" data-theme="light" suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours that must run before the first paint. */}
        <script dangerouslySetInnerHTML={{ __html: themeScript }} />
      </head>
      <body>
        <LiveProvider clusters={services()?.clusters() ?? []}>{children}</LiveProvider>
      </body>
    </html>
  );
}
