import { open, truncate } from 'node:fs/promises';
import { basename } from 'node:path';
import { objectKey } from '../../market/index.js';
import type { DefectKind } from '../defect-kind.js';

/** Defects of the ZIP around the CSV. The `.CHECKSUM` is that of the file as it is: a right checksum proves nothing. */

const common = { dataType: 'aggTrades', target: 'object' } as const;

export const CONTAINER_DEFECTS: readonly DefectKind[] = [
  {
    ...common,
    kind: 'corrupt-zip',
    fact: 'G-11, G-29',
    description: 'Bytes in the middle of the deflated data are overwritten; the checksum is right.',
    container: (container) => ({ ...container, damage: overwriteMiddle }),
  },
  {
    ...common,
    kind: 'truncated-zip',
    fact: 'G-11',
    description: 'The file ends after two thirds; the checksum is right.',
    container: (container) => ({
      ...container,
      damage: (path, bytes) => truncate(path, Math.floor((bytes * 2) / 3)),
    }),
  },
  {
    ...common,
    kind: 'crc-mismatch',
    fact: 'G-29',
    description: 'Both headers state a CRC-32 that the content does not have.',
    container: (container) => ({ ...container, lies: { crc32: (real) => (real ^ 0x5a5a5a5a) >>> 0 } }),
  },
  {
    ...common,
    kind: 'lying-size',
    fact: '',
    description: 'Both headers state half the true size of the content.',
    container: (container) => ({ ...container, lies: { size: (real) => Math.floor(real / 2) } }),
  },
  {
    ...common,
    kind: 'bomb',
    fact: '',
    description: 'Behind the size that the headers state, the content goes on for 512 MiB on one line.',
    container: (container) => ({ ...container, bomb: { mebibytes: 512, declared: false } }),
  },
  {
    ...common,
    kind: 'declared-bomb',
    fact: '',
    description:
      'The content goes on for 512 MiB on one line, a thousand times its packed size, and the headers say so.',
    container: (container) => ({ ...container, bomb: { mebibytes: 512, declared: true } }),
  },
  {
    ...common,
    kind: 'two-csv',
    fact: 'G-11',
    description: 'A second .csv member lies beside the first.',
    container: (container) => ({
      ...container,
      furtherMembers: [
        { name: `copy-of-${container.memberName}`, text: '1,1.0,1.0,1,1,1704067200000,true\n' },
      ],
    }),
  },
  {
    ...common,
    kind: 'no-csv',
    fact: 'G-11',
    description: 'The only member is called .txt.',
    container: (container) => ({ ...container, memberName: container.memberName.replace(/csv$/, 'txt') }),
  },
  {
    ...common,
    kind: 'path-trick',
    fact: '',
    description: 'The member is called ../….csv.',
    container: (container) => ({ ...container, memberName: `../${container.memberName}` }),
  },
  {
    ...common,
    kind: 'foreign-member-name',
    fact: 'G-11',
    description: 'The one .csv member is not named like the ZIP: harmless, must be read.',
    container: (container) => ({ ...container, memberName: 'export.csv' }),
  },
  {
    ...common,
    kind: 'stored-zip',
    fact: '',
    description: 'The member is stored, not deflated: valid, must be read.',
    container: (container) => ({ ...container, method: 'stored' }),
  },
  {
    ...common,
    kind: 'zip64',
    fact: '',
    description: 'Sizes are in 64-bit fields although small: valid, must be read.',
    container: (container) => ({ ...container, zip64: true }),
  },
];

async function overwriteMiddle(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const noise = Buffer.alloc(Math.min(64, Math.max(8, Math.floor(bytes / 8))), 0xa5);
    await file.write(noise, 0, noise.length, Math.floor(bytes / 2));
  } finally {
    await file.close();
  }
}

export const PUBLICATION_DEFECTS: readonly DefectKind[] = [
  {
    ...common,
    target: 'day',
    kind: 'missing-day',
    fact: 'G-19',
    description: 'The daily object does not exist.',
    publish: (publication) => ({ ...publication, absent: true }),
  },
  {
    ...common,
    target: 'month',
    kind: 'missing-month',
    fact: 'G-19',
    description: 'The monthly object does not exist.',
    publish: (publication) => ({ ...publication, absent: true }),
  },
  {
    ...common,
    kind: 'wrong-checksum',
    fact: 'G-28',
    description: 'The .CHECKSUM states another hash.',
    publish: (publication) => ({ ...publication, checksum: 'wrong' }),
  },
  {
    ...common,
    kind: 'missing-checksum',
    fact: 'G-8',
    description: 'There is no .CHECKSUM.',
    publish: (publication) => ({ ...publication, checksum: 'missing' }),
  },
  {
    ...common,
    kind: 'malformed-checksum',
    fact: 'G-32',
    description: 'The .CHECKSUM holds an error page.',
    publish: (publication) => ({ ...publication, checksum: 'malformed' }),
  },
  {
    ...common,
    target: 'month',
    kind: 'unpadded-month',
    fact: 'G-8',
    description: 'The month in the name is not padded (…-2024-3.zip), inside and outside.',
    publish: (publication, { object }) => ({
      ...publication,
      key: objectKey(object).replace(/-0(\d)\.zip$/, '-$1.zip'),
    }),
    container: (container, { object }) => ({
      ...container,
      memberName: basename(objectKey(object))
        .replace(/-0(\d)\.zip$/, '-$1.csv')
        .replace(/zip$/, 'csv'),
    }),
  },
];
