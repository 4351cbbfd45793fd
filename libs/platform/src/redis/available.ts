import { HeadcountError } from '@headcount/protocol';

/** The answer of Redis to a read, or HeadcountError STORE_UNAVAILABLE whatever kept it from answering. */
export async function available<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch {
    throw new HeadcountError('STORE_UNAVAILABLE');
  }
}
