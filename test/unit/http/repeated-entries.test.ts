import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewAccessEntry } from '../../../src/domain/access-log.ts';
import { MINUTE } from '../../../src/domain/duration.ts';
import { repeatedEntries } from '../../../src/http/ops/repeated-entries.ts';
import { fakeAccessLog } from '../../support/fake-requests.ts';

const entry = (at: number, outcome = '401'): NewAccessEntry => ({ at, who: 'nobody', what: 'wrong login', outcome });

describe('entries that come by the dozen', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are written once, and counted until the minute is over', async () => {
    const log = fakeAccessLog();
    const repeated = repeatedEntries(log, () => {});
    for (let at = 1; at <= 5; at++) await repeated.note(entry(at));
    await repeated.note(entry(6, '429'));
    expect(log.entries).toEqual([entry(1), entry(6, '429')]);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(log.entries.slice(2)).toEqual([{ ...entry(5), times: 4 }]);
  });

  it('go on being counted while they go on, and are written anew after a quiet minute', async () => {
    const log = fakeAccessLog();
    const repeated = repeatedEntries(log, () => {});
    await repeated.note(entry(1));
    await repeated.note(entry(2));
    await vi.advanceTimersByTimeAsync(MINUTE);
    await repeated.note(entry(3));
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(log.entries.slice(1)).toEqual([
      { ...entry(2), times: 1 },
      { ...entry(3), times: 1 },
    ]);
    await vi.advanceTimersByTimeAsync(MINUTE);
    await repeated.note(entry(4));
    expect(log.entries.at(-1)).toEqual(entry(4));
  });

  it('are not taken for written when the first cannot be', async () => {
    const log = fakeAccessLog();
    const { append } = log;
    const repeated = repeatedEntries(log, () => {});
    log.append = () => Promise.reject(new Error('away'));
    await expect(repeated.note(entry(1))).rejects.toThrow('away');
    log.append = append;
    await repeated.note(entry(2));
    expect(log.entries).toEqual([entry(2)]);
  });

  it('are kept when their count cannot be written, and none is lost at the end', async () => {
    const log = fakeAccessLog();
    const { append } = log;
    const faults: Error[] = [];
    const repeated = repeatedEntries(log, (fault) => void faults.push(fault));
    for (let at = 1; at <= 3; at++) await repeated.note(entry(at));
    log.append = () => Promise.reject(new Error('away'));
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(faults).toHaveLength(1);
    log.append = append;
    await repeated.note(entry(4));
    await repeated.close();
    expect(log.entries).toEqual([entry(1), { ...entry(4), times: 3 }]);
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(log.entries).toHaveLength(2);
  });
});
