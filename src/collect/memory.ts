import type { Archive, ArchiveEntry } from '../archive/index.js';
import { type Ledger, type MilledFacts, isSame } from '../ledger/index.js';
import type { Memory } from './stream-kind.js';

/**
 * What the ledger knows of the objects of one archive, and learns while planning. In a folder the .CHECKSUM files
 * themselves are at hand, and what they say now is better than what they said once.
 */
export function memoryOf(ledger: Ledger, of: Archive): Memory {
  const archive = of.location;
  const isLocal = of.release === undefined;
  return {
    statedHash: (entry) => (isLocal ? undefined : ledger.objects.statedHash(archive, entry)),
    readFacts: (path, find) => ledger.monthFiles.remembered(path, find),
    confirm: (entry, source) => {
      if (ledger.isReadOnly) return;
      const known = ledger.objects.find(entry.key);
      const isKnown = known?.sha256 === source.sha256 && isSame(known, archive, entry);
      if (!isKnown) ledger.objects.record(source, archive, entry);
    },
  };
}

/** Remembers what was milled, as the archive listed it. */
export function rememberMilled(
  ledger: Ledger,
  archive: string,
  sources: readonly MilledFacts[],
  entries: readonly ArchiveEntry[],
): void {
  ledger.transaction(() => {
    for (const source of sources) {
      const entry = entries.find(({ key }) => key === source.key) ?? null;
      ledger.objects.record(source, archive, entry);
    }
  });
}
