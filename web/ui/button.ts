import { h } from './dom.js';
import { type IconName, icon } from './icons.js';

interface ButtonOptions {
  readonly icon?: IconName;
  readonly testid: string;
  readonly kind?: 'primary' | 'quiet';
  readonly title?: string;
}

export function button(label: string, onClick: () => void, options: ButtonOptions): HTMLButtonElement {
  return h(
    'button',
    {
      class: `button ${options.kind ?? ''}`,
      testid: options.testid,
      attrs: { type: 'button', title: options.title ?? null },
      on: { click: onClick },
    },
    options.icon === undefined ? null : icon(options.icon),
    label,
  );
}

/** Its name is only heard, and shown as a tip. */
export function iconButton(
  name: IconName,
  label: string,
  onClick: () => void,
  testid: string,
): HTMLButtonElement {
  return h(
    'button',
    {
      class: 'button quiet icon',
      testid,
      attrs: { type: 'button', 'aria-label': label, title: label },
      on: { click: onClick },
    },
    icon(name),
  );
}

export interface Segmented<T extends string> {
  readonly element: HTMLElement;
  /** Null: none of them is pressed. */
  readonly select: (value: T | null) => void;
}

/** Buttons of which one is pressed. */
export function segmented<T extends string>(
  label: string,
  choices: readonly (readonly [value: T, text: string])[],
  onChoice: (value: T) => void,
  testid: string,
): Segmented<T> {
  const buttons = choices.map(([value, text]) =>
    h('button', {
      text,
      testid: `${testid}-${value}`,
      attrs: { type: 'button', 'aria-pressed': 'false', 'data-value': value },
      on: {
        click: () => {
          onChoice(value);
        },
      },
    }),
  );
  return {
    element: h(
      'div',
      { class: 'segmented', testid, attrs: { role: 'group', 'aria-label': label } },
      ...buttons,
    ),
    select: (value) => {
      for (const one of buttons) one.setAttribute('aria-pressed', String(one.dataset['value'] === value));
    },
  };
}
