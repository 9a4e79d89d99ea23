import { RouteNotFound } from '../components/shell/route-states.tsx';

export const metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <main>
      <RouteNotFound />
    </main>
  );
}
