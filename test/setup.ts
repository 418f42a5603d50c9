import { afterAll, afterEach } from 'vitest';
import { cleanAfterFile, cleanAfterTest } from './cleaning.js';

afterEach(cleanAfterTest);
afterAll(cleanAfterFile);
