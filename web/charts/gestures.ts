import { h } from '../ui/dom.js';
import { AXIS_WIDTH } from './plot-panel.js';

/** What hands do with the charts, in shares of what is seen: 0 is its left edge, 1 its right one. */
export interface GestureTargets {
  readonly onPan: (byShare: number) => void;
  readonly onZoom: (factor: number, aroundShare: number) => void;
  readonly onSelect: (fromShare: number, toShare: number) => void;
  readonly onReset: () => void;
  /** By so many bars; the cursor that tells values. */
  readonly onStep: (bars: -1 | 1) => void;
}

const WHEEL = 0.0016;

/** Drag, wheel, pinch and keys. Vertical touches are left to the browser, that scrolls by them. */
export function listenToGestures(stack: HTMLElement, targets: GestureTargets, signal: AbortSignal): void {
  const pointers = new Map<number, number>();
  const band = h('div', { class: 'select-band', attrs: { hidden: true } });
  stack.append(band);
  let selectFrom: number | null = null;
  let drawnAt = 0;
  const room = (): number => Math.max(1, stack.clientWidth - AXIS_WIDTH);
  const shareOf = (clientX: number): number => (clientX - stack.getBoundingClientRect().left) / room();
  const isPlot = (event: Event): boolean =>
    event.target instanceof Element && event.target.closest('.panel-plot, .time-axis') !== null;
  const options = { signal };

  stack.addEventListener(
    'pointerdown',
    (event) => {
      if (!isPlot(event) || (event.pointerType === 'mouse' && event.button !== 0)) return;
      pointers.set(event.pointerId, event.clientX);
      selectFrom = event.shiftKey && pointers.size === 1 ? shareOf(event.clientX) : null;
      drawnAt = event.clientX;
      stack.classList.toggle('is-dragging', selectFrom === null);
    },
    options,
  );
  stack.addEventListener(
    'pointermove',
    (event) => {
      const before = pointers.get(event.pointerId);
      if (before === undefined) return;
      // Not at once: a captured double click would have the stack as its target.
      if (Math.abs(event.clientX - drawnAt) > 3) stack.setPointerCapture(event.pointerId);
      if (selectFrom !== null) {
        const [from, to] = inOrder(selectFrom, shareOf(event.clientX));
        band.hidden = false;
        band.style.left = `${Math.max(0, from) * room()}px`;
        band.style.width = `${(Math.min(1, to) - Math.max(0, from)) * room()}px`;
        return;
      }
      const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, x]) => x);
      pointers.set(event.pointerId, event.clientX);
      const other = others[0];
      if (other === undefined) {
        targets.onPan((before - event.clientX) / room());
      } else {
        const was = Math.max(20, Math.abs(before - other));
        const is = Math.max(20, Math.abs(event.clientX - other));
        targets.onZoom(was / is, shareOf((event.clientX + other) / 2));
        targets.onPan((before - event.clientX) / 2 / room());
      }
    },
    options,
  );
  const end = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId)) return;
    stack.classList.remove('is-dragging');
    if (selectFrom !== null && event.type === 'pointerup' && Math.abs(event.clientX - drawnAt) > 5) {
      const [from, to] = inOrder(selectFrom, shareOf(event.clientX));
      targets.onSelect(Math.max(0, from), Math.min(1, to));
    }
    selectFrom = null;
    band.hidden = true;
  };
  stack.addEventListener('pointerup', end, options);
  stack.addEventListener('pointercancel', end, options);
  stack.addEventListener(
    'wheel',
    (event) => {
      if (!isPlot(event)) return;
      event.preventDefault();
      const unit = event.deltaMode === 1 ? 16 : 1;
      const sideways = event.shiftKey ? event.deltaY + event.deltaX : event.deltaX;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
        targets.onPan((sideways * unit) / room());
      else targets.onZoom(Math.exp(event.deltaY * unit * WHEEL), shareOf(event.clientX));
    },
    { signal, passive: false },
  );
  stack.addEventListener(
    'dblclick',
    (event) => {
      if (isPlot(event)) targets.onReset();
    },
    options,
  );
  stack.addEventListener(
    'keydown',
    (event) => {
      if (event.target !== stack || event.ctrlKey || event.metaKey || event.altKey) return;
      const share = event.shiftKey ? 0.5 : 0.1;
      const act: Readonly<Record<string, () => void>> = {
        ArrowLeft: () => {
          targets.onPan(-share);
        },
        ArrowRight: () => {
          targets.onPan(share);
        },
        '+': () => {
          targets.onZoom(0.7, 0.5);
        },
        '=': () => {
          targets.onZoom(0.7, 0.5);
        },
        '-': () => {
          targets.onZoom(1 / 0.7, 0.5);
        },
        '0': () => {
          targets.onReset();
        },
        '[': () => {
          targets.onStep(-1);
        },
        ']': () => {
          targets.onStep(1);
        },
      };
      const found = act[event.key];
      if (!found) return;
      event.preventDefault();
      found();
    },
    options,
  );
}

function inOrder(a: number, b: number): readonly [number, number] {
  return a < b ? [a, b] : [b, a];
}
