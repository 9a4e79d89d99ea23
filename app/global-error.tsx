'use client';
import { RouteError } from '../components/shell/route-states.tsx';
import './globals.css';

export default function GlobalError(props: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main>
          <RouteError {...props} what="the dashboard" />
        </main>
      </body>
    </html>
  );
}
