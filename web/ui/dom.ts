type Child = Node | string | number | null | undefined | false;

interface Props {
  readonly class?: string;
  readonly testid?: string;
  readonly text?: string | number;
  readonly on?: Readonly<Partial<Record<keyof HTMLElementEventMap, (event: never) => void>>>;
  /** Set one by one by script, as the policy of the page allows no style attributes. */
  readonly style?: Readonly<Record<string, string>>;
  readonly attrs?: Readonly<Record<string, string | number | boolean | null>>;
}

/** An element with its children. Texts become text nodes: nothing is ever read as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class !== undefined) element.className = props.class;
  if (props.testid !== undefined) element.dataset['testid'] = props.testid;
  if (props.text !== undefined) element.textContent = String(props.text);
  for (const [name, value] of Object.entries(props.attrs ?? {})) setAttribute(element, name, value);
  for (const [name, value] of Object.entries(props.style ?? {})) element.style.setProperty(name, value);
  for (const [name, listener] of Object.entries(props.on ?? {})) {
    element.addEventListener(name, listener as EventListener);
  }
  append(element, children);
  return element;
}

/** False and null take the attribute away, true leaves it empty. */
export function setAttribute(element: Element, name: string, value: string | number | boolean | null): void {
  if (value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

export function fill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(typeof child === 'number' ? String(child) : child);
  }
}

/** Changes the text only where it differs, so that nothing is laid out or read aloud for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
