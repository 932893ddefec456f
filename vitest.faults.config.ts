import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Of `npm run test:faults`: what takes too long for `npm test`. One after the other: each needs the machine for itself. */
export default mergeConfig(
  base,
  defineConfig({
    test: {
      include: ['test/faults/**/*.faults.ts'],
      fileParallelism: false,
      disableConsoleIntercept: true,
      slowTestThreshold: 0,
    },
  }),
);
