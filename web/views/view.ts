import type { Route } from '../router.js';

/** One view of the page. It lives from its first route until another view is shown. */
export interface View {
  readonly element: HTMLElement;
  /** Called at once and with every change of the address within the view. */
  show(route: Route): void;
  /** Ends requests, streams and timers. */
  dispose(): void;
}
