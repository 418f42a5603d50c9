/** Panels as the address names them: `candles,cvd,cvd.bar,oi,at_vwap,at_cvd_quote.sum`. Pure. */

export type PanelMode = 'bar' | 'sum';

export interface PanelToken {
  /** Of a built-in panel, or the name of a column. */
  readonly id: string;
  /** Null: the panel's own default. */
  readonly mode: PanelMode | null;
}

export const DEFAULT_PANELS = 'candles,cvd,imbalance,liquidations,funding,oi';

/** Each panel once: what is repeated, or no name at all, is left out. */
export function parsePanels(text: string | undefined): PanelToken[] {
  if (text === 'none') return [];
  const seen = new Set<string>();
  return (text ?? DEFAULT_PANELS).split(',').flatMap((part) => {
    const match = /^([A-Za-z0-9_]+)(?:\.(bar|sum))?$/.exec(part.trim());
    const id = match?.[1];
    if (id === undefined || seen.has(id)) return [];
    seen.add(id);
    return [{ id, mode: (match?.[2] as PanelMode | undefined) ?? null }];
  });
}

/** `none` when there are none, for an empty parameter would mean the default. */
export function formatPanels(panels: readonly PanelToken[]): string {
  if (panels.length === 0) return 'none';
  return panels.map(({ id, mode }) => (mode === null ? id : `${id}.${mode}`)).join(',');
}

export function addPanel(panels: readonly PanelToken[], id: string): PanelToken[] {
  return panels.some((panel) => panel.id === id) ? [...panels] : [...panels, { id, mode: null }];
}

export function removePanel(panels: readonly PanelToken[], id: string): PanelToken[] {
  return panels.filter((panel) => panel.id !== id);
}

/** @param by -1 up, 1 down; at an end nothing happens */
export function movePanel(panels: readonly PanelToken[], id: string, by: -1 | 1): PanelToken[] {
  const at = panels.findIndex((panel) => panel.id === id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= panels.length) return [...panels];
  const moved = [...panels];
  [moved[at], moved[to]] = [moved[to]!, moved[at]!];
  return moved;
}
