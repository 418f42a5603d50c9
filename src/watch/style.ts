import { displayWidth } from './text.js';

/** What a piece of text is, for whoever sees colours. Nothing is told by colour alone. */
export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'warn' | 'bad' | 'accent';

const CODES: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '1',
  dim: '2',
  good: '32',
  warn: '33',
  bad: '31',
  accent: '36',
};

export interface StyleOptions {
  readonly color: boolean;
  /** Whether more than ASCII can be shown. Names are shown as they are, either way. */
  readonly unicode?: boolean;
}

/** Colours and signs of one terminal. */
export class Style {
  readonly color: boolean;
  readonly unicode: boolean;

  constructor({ color, unicode = true }: StyleOptions) {
    this.color = color;
    this.unicode = unicode;
  }

  paint(text: string, tone: Tone): string {
    return this.color && tone !== 'plain' && text !== '' ? `\u001b[${CODES[tone]}m${text}\u001b[0m` : text;
  }

  get more(): string {
    return this.unicode ? '…' : '...';
  }

  get separator(): string {
    return this.unicode ? ' · ' : ', ';
  }

  /** Between the ends of a span. */
  get to(): string {
    return this.unicode ? ' … ' : ' to ';
  }

  sign(state: 'on' | 'off' | 'bad' | 'warn' | 'good'): string {
    const [nice, ascii] = {
      on: ['●', '*'],
      off: ['○', '-'],
      bad: ['✗', 'x'],
      warn: ['▲', '!'],
      good: ['✓', 'v'],
    }[state] as [string, string];
    return this.unicode ? nice : ascii;
  }

  /** Our own words, where they hold more than ASCII. */
  ascii(text: string): string {
    return this.unicode ? text : text.replaceAll('…', '...').replaceAll(' · ', ', ');
  }

  /** A bar of exactly so many cells; full only when the share is 1. */
  bar(share: number, cells: number, tone: Tone = 'accent'): string {
    const eighths = Math.floor(Math.min(1, Math.max(0, share)) * cells * 8);
    if (!this.unicode) {
      const full = Math.floor(eighths / 8);
      return this.paint('#'.repeat(full), tone) + this.paint('-'.repeat(cells - full), 'dim');
    }
    const full = Math.floor(eighths / 8);
    const part = eighths % 8 === 0 ? '' : ['▏', '▎', '▍', '▌', '▋', '▊', '▉'][(eighths % 8) - 1]!;
    const filled = '█'.repeat(full) + part;
    return this.paint(filled, tone) + this.paint('░'.repeat(cells - displayWidth(filled)), 'dim');
  }
}

/** How output looks on a stream, by what the stream and the environment say. */
export function styleFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
  wantsColor = true,
): { readonly color: boolean; readonly unicode: boolean } {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return {
    color: wantsColor && stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    // Where nobody says, what everything understands today; a locale that is called C says that it does not.
    unicode: locale === undefined || !/^(C|POSIX)$/.test(locale),
  };
}
