'use client';
// Steps through system, light and dark.
import { Monitor, Moon, Sun } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { readTheme, type Theme, themes, watchTheme, writeTheme } from './theme.ts';

const icons = { system: Monitor, light: Sun, dark: Moon };
const nextOf = (theme: Theme): Theme => themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';

export function stepTheme(): void {
  const next = nextOf(readTheme());
  writeTheme(next);
  announce(`Theme: ${next}`);
}

export function ThemeToggle() {
  const theme = useSyncExternalStore(watchTheme, readTheme, () => 'system' as Theme);
  const Icon = icons[theme];
  return (
    <Button
      look="quiet"
      size="icon"
      data-testid="theme-toggle"
      aria-label={`Theme: ${theme}. Switch to ${nextOf(theme)}`}
      title={`Theme: ${theme}`}
      onClick={stepTheme}
      icon={<Icon aria-hidden className="size-4" />}
    />
  );
}
