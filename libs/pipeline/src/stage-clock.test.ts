import { describe, expect, it } from 'vitest';
import { StageClock } from './stage-clock.js';

function running(seconds: number) {
  let time = 7;
  const clock = new StageClock(seconds, () => time);
  return { clock, pass: (passed: number) => (time += passed) };
}

describe('StageClock', () => {
  it('counts down from the moment it is made', () => {
    const { clock, pass } = running(4);
    pass(1.5);
    expect(clock.leftSeconds).toBeCloseTo(2.5);
    expect(clock.isUp).toBe(false);
    pass(2.5);
    expect(clock.isUp).toBe(true);
  });

  it('never tells a climb "no limit" when the time is up', () => {
    const { clock, pass } = running(1);
    expect(clock.leftAsOption).toBe(1);
    pass(5);
    expect(clock.leftAsOption).toBeGreaterThan(0);
    expect(clock.leftAsOption).toBeLessThan(0.01);
  });

  it('says whether more fits in at the pace so far', () => {
    const { clock, pass } = running(10);
    pass(4);
    expect(clock.fits(8, 12)).toBe(true);
    expect(clock.fits(8, 13)).toBe(false);
  });

  it('expects as many as the pace allows, and never fewer than are done or more than are wanted', () => {
    const { clock, pass } = running(10);
    expect(clock.expectedTotal(1, 100)).toBe(100);
    pass(2);
    expect(clock.expectedTotal(8, 100)).toBe(40);
    expect(clock.expectedTotal(8, 30)).toBe(30);
    pass(20);
    expect(clock.expectedTotal(80, 100)).toBe(80);
  });

  it('gives a part of what is left', () => {
    const { clock, pass } = running(10);
    pass(2);
    expect(clock.part(1 / 2).leftSeconds).toBeCloseTo(4);
  });

  it('without a limit fits everything and expects all that is wanted', () => {
    const { clock, pass } = running(Infinity);
    pass(1000);
    expect(clock.fits(1, 1e9)).toBe(true);
    expect(clock.expectedTotal(5, 100)).toBe(100);
    expect(clock.part(0.5).leftAsOption).toBe(0);
  });
});
