import { h } from './dom.js';

/** Said to those who listen, not shown. */
export function announce(text: string): void {
  const place = document.getElementById('announcer');
  if (place) place.textContent = text;
}

let shown: HTMLElement | null = null;

/** A short note at the bottom of the page, that goes by itself. */
export function toast(text: string): void {
  shown?.remove();
  const note = h('div', { class: 'toast', text, testid: 'toast' });
  shown = note;
  document.body.append(note);
  announce(text);
  setTimeout(() => {
    note.remove();
  }, 2500);
}

export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied`);
  } catch {
    toast(`The browser does not let the page copy: ${text}`);
  }
}
