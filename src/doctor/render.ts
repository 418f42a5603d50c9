import { Style, type StyleOptions, type Tone, fit, plain, plural, wrap } from '../watch/index.js';
import type { Level } from './check.js';
import type { Diagnosis } from './examine.js';

const LOOKS: Readonly<
  Record<Level, { readonly sign: 'good' | 'warn' | 'bad' | 'off'; readonly tone: Tone }>
> = {
  ok: { sign: 'good', tone: 'good' },
  warn: { sign: 'warn', tone: 'warn' },
  fail: { sign: 'bad', tone: 'bad' },
  skip: { sign: 'off', tone: 'dim' },
};
const TITLE_CELLS = 18;
const ITEMS_SHOWN = 5;

/** The table of a diagnosis. No line is wider than `width`. */
export function renderDiagnosis(
  { findings, repairs }: Diagnosis,
  options: StyleOptions & { readonly width: number; readonly all?: boolean },
): string[] {
  const { width, all = false } = options;
  const style = new Style(options);
  const indent = 7 + TITLE_CELLS;
  const room = width - indent;
  const under = (text: string, tone: Tone): string[] =>
    wrap(plain(text), room).map((line) => ' '.repeat(indent) + style.paint(line, tone));
  const lines = findings.flatMap(({ level, title, detail, remedy, items = [], isFixable }) => {
    const { sign, tone } = LOOKS[level];
    const [first = '', ...more] = wrap(plain(detail), room);
    const shown = all ? items : items.slice(0, ITEMS_SHOWN);
    return [
      `${style.paint(`${style.sign(sign)} ${level.padEnd(4)}`, tone)} ${title.padEnd(TITLE_CELLS)}${first}`,
      ...more.map((line) => ' '.repeat(indent) + line),
      ...shown.map(
        (item) =>
          ' '.repeat(indent) + style.paint(fit(`- ${plain(item)}`, room, style.more, 'middle'), 'dim'),
      ),
      ...(items.length > shown.length
        ? under(`and ${items.length - shown.length} more (--all shows them)`, 'dim')
        : []),
      ...(remedy === null
        ? []
        : under(`> ${remedy}${isFixable ? ' --fix does it.' : ''}`, level === 'ok' ? 'dim' : 'accent')),
    ];
  });
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  return [
    ...lines,
    '',
    ...repairs.map(({ done }) => fit(`Repaired: ${plain(done)}`, width, style.more)),
    `${count('ok')} ok, ${plural(count('warn'), 'warning')}, ${count('fail')} failed`,
  ];
}
