import { onRoute } from './navigation.js';
import { type Route, type ViewName, formatRoute } from './router.js';
import { currentTheme, onTheme, toggleTheme } from './theme.js';
import { iconButton } from './ui/button.js';
import { h } from './ui/dom.js';

const NAMES: Readonly<Record<ViewName, string>> = {
  work: 'Work',
  coverage: 'Coverage',
  explore: 'Explore',
  quality: 'Quality',
};

/** The bar at the top: links to the views, the time zone, the theme. */
export function buildShell(first: Route): void {
  const nav = document.getElementById('nav')!;
  const last = new Map<ViewName, Route>();
  const links = (Object.keys(NAMES) as ViewName[]).map((view) =>
    h('a', { text: NAMES[view], testid: `nav-${view}`, attrs: { href: `#/${view}`, 'data-view': view } }),
  );
  const menu = iconButton(
    'menu',
    'Views',
    () => {
      setOpen(nav.dataset['open'] !== 'true');
    },
    'nav-menu',
  );
  menu.classList.add('nav-button');
  menu.setAttribute('aria-controls', 'nav-links');
  const setOpen = (isOpen: boolean): void => {
    nav.dataset['open'] = String(isOpen);
    menu.setAttribute('aria-expanded', String(isOpen));
  };
  setOpen(false);
  nav.append(menu, h('div', { class: 'nav-menu', attrs: { id: 'nav-links' } }, ...links));
  nav.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') setOpen(false);
  });
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !nav.contains(event.target)) setOpen(false);
  });
  const mark = (route: Route): void => {
    last.set(route.view, route);
    setOpen(false);
    document.title = `${route.params['symbol'] ?? NAMES[route.view]} · tapemill`;
    for (const link of links) {
      const view = link.dataset['view'] as ViewName;
      // A view is come back to as it was left.
      link.href = formatRoute(last.get(view) ?? { view, params: {} });
      if (view === route.view) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  };
  onRoute(mark);
  mark(first);
  document
    .getElementById('tools')!
    .append(
      h('span', { class: 'soft', text: 'UTC', attrs: { title: 'All times on this page are UTC' } }),
      themeButton(),
    );
}

function themeButton(): HTMLButtonElement {
  const toggle = iconButton('theme', '', toggleTheme, 'theme-toggle');
  const name = (): void => {
    const label = currentTheme() === 'dark' ? 'Light theme' : 'Dark theme';
    toggle.setAttribute('aria-label', label);
    toggle.title = label;
  };
  onTheme(name);
  name();
  return toggle;
}
