import { ApiFailure } from '../../api-client.js';
import type { StatusAnswer } from '../../api-types.js';
import { clockText } from '../../format/time.js';
import { StatusStream, type StreamView } from '../../store/status-stream.js';
import { announce } from '../../ui/announce.js';
import { fill, h, setText } from '../../ui/dom.js';
import { emptyState, errorState, loadingState } from '../../ui/states.js';
import type { View } from '../view.js';
import { eventsCard } from './events.js';
import { summaryCard } from './summary.js';
import { symbolsCard } from './symbols.js';
import { failuresCard, holesCard, retriesCard, stallsCard } from './troubles.js';
import { workersCard } from './workers.js';

/** The queue as it is, while it works. */
export class WorkView implements View {
  readonly element: HTMLElement;
  private readonly live = h(
    'span',
    { class: 'live', testid: 'live-state', attrs: { role: 'status' } },
    h('b', {}),
  );
  private readonly body = h('div', { class: 'work' });
  private readonly stream = new StatusStream((view) => {
    this.next = view;
    this.schedule();
  });
  private next: StreamView | null = null;
  private frame: number | null = null;
  private told = '';

  constructor() {
    this.element = h(
      'section',
      { class: 'view', testid: 'view-work', attrs: { 'aria-labelledby': 'work-title' } },
      h('div', { class: 'view-head' }, h('h1', { text: 'Work', attrs: { id: 'work-title' } }), this.live),
      this.body,
    );
  }

  show(): void {
    if (this.next !== null) return;
    fill(this.body, loadingState('Loading the queue', [92, 180, 220]));
    this.stream.open();
  }

  dispose(): void {
    this.stream.close();
    if (this.frame !== null) cancelAnimationFrame(this.frame);
  }

  /** However many words come at once, there is one drawing of a frame. */
  private schedule(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (this.next) this.draw(this.next);
    });
  }

  private draw({ state, heardAtMs, snapshot, events }: StreamView): void {
    this.live.dataset['state'] = state;
    const text = {
      connecting: 'Connecting',
      live: 'Live',
      stale:
        heardAtMs === null
          ? 'No connection; trying again'
          : `Stale since ${clockText(heardAtMs)}; trying again`,
    }[state];
    setText(this.live.firstElementChild!, text);
    this.body.classList.toggle('is-stale', state === 'stale');
    if (snapshot === null) {
      if (state === 'stale') this.drawFailure();
      return;
    }
    if (snapshot === 'absent' || (snapshot.symbols.length === 0 && !snapshot.isPlanning)) {
      fill(
        this.body,
        emptyState(
          'Nothing is queued',
          'No collection has been started in this data folder. Start one in a shell; it shows up here by itself.',
          ['tapemill collect BTCUSDT ETHUSDT --start 2024-01 --end 2024-06'],
        ),
      );
      return;
    }
    this.tell(snapshot);
    const scrolled = [...this.body.querySelectorAll<HTMLElement>('[data-keep]')].map(
      (one) => [one.dataset['keep'], one.scrollTop] as const,
    );
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset['keep'] : undefined;
    fill(
      this.body,
      summaryCard(snapshot),
      stallsCard(snapshot),
      h(
        'div',
        { class: 'work-columns' },
        h(
          'div',
          {},
          workersCard(snapshot),
          failuresCard(snapshot),
          retriesCard(snapshot),
          symbolsCard(snapshot),
        ),
        h('div', {}, eventsCard(events, snapshot), holesCard(snapshot)),
      ),
    );
    for (const [key, top] of scrolled) {
      const again = this.body.querySelector<HTMLElement>(`[data-keep="${key ?? ''}"]`);
      if (again) again.scrollTop = top;
      if (again && key === focused) again.focus({ preventScroll: true });
    }
  }

  /** Nothing was ever heard. */
  private drawFailure(): void {
    if (this.body.querySelector('[data-testid="error"]')) return;
    const failure = new ApiFailure(
      'E_UNREACHABLE',
      'The server does not tell where the work stands. Is it still running?',
    );
    fill(
      this.body,
      errorState(failure, () => {
        this.stream.close();
        this.stream.open();
      }),
    );
  }

  /** Only what matters is read aloud, and once. */
  private tell({ isSettled, failures, stalls }: StatusAnswer): void {
    const text = [
      isSettled ? 'All work is done' : 'Work is under way',
      failures.length > 0 ? `${failures.length} failed` : '',
      stalls.some(({ needsAction }) => needsAction) ? 'Something needs attention' : '',
    ]
      .filter((part) => part !== '')
      .join('. ');
    if (text !== this.told) announce(text);
    this.told = text;
  }
}
