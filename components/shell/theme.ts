// Light, dark or as the system: kept in localStorage, applied as data-theme before the first paint by the script below.

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];
const KEY = 'barnabas.theme';

/** Runs inline in the head, so that the page never flashes in the other theme. Constant text. */
export const themeScript = `(function(){try{var t=localStorage.getItem('${KEY}')}catch(e){t=null}var d=t==='dark'||(t!=='light'&&matchMedia('(prefers-color-scheme: dark)').matches);document.documentElement.dataset.theme=d?'dark':'light'})()`;

const watchers = new Set<() => void>();

export function readTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return themes.find((theme) => theme === stored) ?? 'system';
  } catch {
    // Storage can be forbidden; the system's choice is then the only one.
    return 'system';
  }
}

function apply(): void {
  const theme = readTheme();
  const isDark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

export function writeTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    document.documentElement.dataset.theme = theme === 'dark' ? 'dark' : 'light';
    return;
  }
  apply();
  for (const watcher of watchers) watcher();
}

/** Follows the choice in this tab, in other tabs and of the system. */
export function watchTheme(watcher: () => void): () => void {
  const changed = () => {
    apply();
    watcher();
  };
  const system = matchMedia('(prefers-color-scheme: dark)');
  watchers.add(watcher);
  window.addEventListener('storage', changed);
  system.addEventListener('change', changed);
  return () => {
    watchers.delete(watcher);
    window.removeEventListener('storage', changed);
    system.removeEventListener('change', changed);
  };
}
