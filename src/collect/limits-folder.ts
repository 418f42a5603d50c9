import { join } from 'node:path';

/** Where the processes that fetch for a data folder agree on connections and bytes a second. */
export const limitsFolder = (dataDir: string): string => join(dataDir, '_tmp', 'limits');
