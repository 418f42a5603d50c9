/**
 * What modules that tests share tidy up after each test, or after each file. Files share what is loaded, so that a hook at the
 * top of such a module would run for the first of them alone; `setup.ts` hooks these into every file.
 */
type Cleaner = () => unknown;

const ofTests: Cleaner[] = [];
const ofFiles: Cleaner[] = [];

export function afterEachTest(cleaner: Cleaner): void {
  ofTests.push(cleaner);
}

export function afterEachFile(cleaner: Cleaner): void {
  ofFiles.push(cleaner);
}

export async function cleanAfterTest(): Promise<void> {
  for (const cleaner of ofTests) await cleaner();
}

export async function cleanAfterFile(): Promise<void> {
  for (const cleaner of ofFiles) await cleaner();
}
