import { iconButton } from './button.js';
import { fill, h } from './dom.js';

/** Facts beside what they are about; on small screens a sheet at the bottom. */
export class SidePanel {
  readonly element = h('aside', {
    class: 'side',
    testid: 'side-panel',
    attrs: { hidden: true, tabindex: -1 },
  });
  private readonly title = h('h2', { attrs: { id: 'side-title' } });
  private readonly body = h('div', { class: 'side-body', attrs: { tabindex: -1 } });

  /** @param frame gets the class `has-side` while the panel is open */
  constructor(
    private readonly frame: HTMLElement,
    private readonly onClose: () => void,
  ) {
    const close = iconButton(
      'close',
      'Close',
      () => {
        this.onClose();
      },
      'side-close',
    );
    this.element.setAttribute('aria-labelledby', 'side-title');
    this.element.append(h('div', { class: 'side-head' }, this.title, close), this.body);
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.onClose();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  show(title: string, ...content: readonly (Node | string | null)[]): void {
    this.title.textContent = title;
    fill(this.body, ...content);
    if (this.isOpen) return;
    this.element.hidden = false;
    this.frame.classList.add('has-side');
    this.element.focus({ preventScroll: true });
  }

  hide(): void {
    this.element.hidden = true;
    this.frame.classList.remove('has-side');
  }
}

/** Names and values in two columns. */
export function factList(facts: readonly (readonly [name: string, value: string | Node])[]): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    ...facts.flatMap(([name, value]) => [h('dt', { text: name }), h('dd', {}, value)]),
  );
}
