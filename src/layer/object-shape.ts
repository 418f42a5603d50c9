import * as shape from '../shape/index.js';
import { CHECKSUM_STATES, MISSING_REASONS, type MissingPeriod, type ObjectSource } from './facts.js';

/** What all that goes into a month file says of its object; the account of its rows is each kind's own. */
export const OBJECT_SHAPE: { readonly [Name in keyof ObjectSource]: shape.Shape<ObjectSource[Name]> } = {
  key: shape.text,
  period: shape.periodKey,
  bytes: shape.count,
  sha256: shape.sha256,
  checksum: shape.oneOf(CHECKSUM_STATES),
  memberName: shape.text,
  memberBytes: shape.count,
  crc32: shape.count,
};

export const missingPeriod = shape.record<MissingPeriod>(
  { period: shape.periodKey, reason: shape.oneOf(MISSING_REASONS), detail: shape.text },
  ['detail'],
);
