// What the rest of the dashboard knows of the live map.
import { Map as MapIcon } from 'lucide-react';
import { section } from '../section.ts';

export const map = section({
  label: 'Map',
  title: 'Live map',
  icon: MapIcon,
  path: 'map',
  key: 'm',
  group: 'Watch',
  noun: 'map',
  needs: 'map',
  paths: (own) => ({ map: own }),
});
