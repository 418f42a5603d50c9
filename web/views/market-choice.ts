import { segmented } from '../ui/button.js';

/** Buttons for the markets that there are; null where there is only one. */
export function marketChoice(
  markets: readonly string[],
  chosen: string,
  onChoice: (market: string) => void,
): HTMLElement | null {
  if (markets.length < 2) return null;
  const choice = segmented(
    'Market',
    markets.map((market) => [market, market] as const),
    onChoice,
    'market',
  );
  choice.select(chosen);
  return choice.element;
}
