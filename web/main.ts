import { currentRoute, onRoute } from './navigation.js';
import type { Route, ViewName } from './router.js';
import { buildShell } from './shell.js';
import { CoverageView } from './views/coverage/coverage-view.js';
import { ExploreView } from './views/explore/explore-view.js';
import { QualityView } from './views/quality/quality-view.js';
import type { View } from './views/view.js';
import { WorkView } from './views/work/work-view.js';

const MAKERS: Readonly<Record<ViewName, () => View>> = {
  work: () => new WorkView(),
  coverage: () => new CoverageView(),
  explore: () => new ExploreView(),
  quality: () => new QualityView(),
};

const main = document.getElementById('main')!;
let shown: { readonly name: ViewName; readonly view: View } | null = null;

function show(route: Route): void {
  if (shown?.name !== route.view) {
    shown?.view.dispose();
    const view = MAKERS[route.view]();
    main.replaceChildren(view.element);
    scrollTo(0, 0);
    shown = { name: route.view, view };
  }
  shown.view.show(route);
}

document.querySelector('.skip-link')?.addEventListener('click', (event) => {
  // The hash is the route: it must not become #main.
  event.preventDefault();
  main.focus();
});
buildShell(currentRoute());
onRoute(show);
show(currentRoute());
