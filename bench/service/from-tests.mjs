import { createViteServer } from 'vitest/node';
import { root } from '../collages/workshop.mjs';

/**
 * What the tests have for running the service as processes, for benches: modules of test/, TypeScript and all, by the
 * tool that runs the tests.
 *
 * @param files paths from the root
 * @returns the modules, in that order
 */
export async function fromTests(...files) {
  const server = await createViteServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
    resolve: { tsconfigPaths: true },
  });
  try {
    const modules = [];
    for (const file of files) modules.push(await server.ssrLoadModule(`/${file}`));
    return modules;
  } finally {
    await server.close();
  }
}
