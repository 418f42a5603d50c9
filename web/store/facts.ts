import { api } from '../api-client.js';
import type { ColumnsAnswer, InfoAnswer } from '../api-types.js';

/** What hardly changes while the page is open, asked for once; again after a failure, or when told to forget. */
class Once<T> {
  private asked: Promise<T> | null = null;

  constructor(private readonly ask: () => Promise<T>) {}

  get(): Promise<T> {
    this.asked ??= this.ask().catch((error: unknown) => {
      this.asked = null;
      throw error;
    });
    return this.asked;
  }

  forget(): void {
    this.asked = null;
  }
}

export const info = new Once<InfoAnswer>(() => api.info());
export const columns = new Once<ColumnsAnswer>(() => api.columns());
