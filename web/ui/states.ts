import { ApiFailure } from '../api-client.js';
import { copyText } from './announce.js';
import { button, iconButton } from './button.js';
import { h } from './dom.js';

/** What a view shows instead of data. */

export function loadingState(label: string, heights: readonly number[]): HTMLElement {
  return h(
    'div',
    {
      testid: 'loading',
      attrs: { role: 'status', 'aria-label': label },
      style: { display: 'grid', gap: '12px' },
    },
    ...heights.map((height) => h('div', { class: 'skeleton', style: { height: `${height}px` } })),
  );
}

/** With the code by which documentation finds it, and a way to try again. */
export function errorState(error: unknown, retry: () => void): HTMLElement {
  const failure =
    error instanceof ApiFailure
      ? error
      : new ApiFailure('E_PAGE', error instanceof Error ? error.message : String(error));
  return h(
    'div',
    { class: 'card state', testid: 'error', attrs: { role: 'alert', 'data-kind': 'error' } },
    h('h2', {}, 'This could not be shown'),
    h('p', { text: failure.message, testid: 'error-message' }),
    h(
      'p',
      {},
      h('code', { text: failure.code, testid: 'error-code' }),
      failure.expected === null ? null : ` · expected ${failure.expected}`,
      failure.found === null ? null : ` · found ${failure.found}`,
    ),
    button('Try again', retry, { testid: 'retry' }),
  );
}

/** What there would be, and the command that brings it. */
export function emptyState(title: string, text: string, commands: readonly string[]): HTMLElement {
  return h(
    'div',
    { class: 'card state', testid: 'empty', attrs: { 'data-kind': 'empty' } },
    h('h2', { text: title }),
    h('p', { text }),
    ...commands.map((command) => commandLine(command)),
  );
}

export function commandLine(command: string): HTMLElement {
  return h(
    'div',
    { class: 'command', testid: 'command' },
    h('code', { text: command }),
    iconButton('copy', `Copy ${command}`, () => void copyText(command, 'Command'), 'copy-command'),
  );
}
