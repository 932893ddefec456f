import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/**
 * Of `npm run test:faults`: what takes too long for `npm test`. One after the other: each needs the machine for itself.
 * Written over the base and not merged with it, which would add these files to all others.
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/faults/**/*.faults.ts'],
    fileParallelism: false,
    disableConsoleIntercept: true,
    slowTestThreshold: 0,
  },
});
