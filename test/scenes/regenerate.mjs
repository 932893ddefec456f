// node test/scenes/regenerate.mjs: runs write-scenes.ts through vite, which vitest brings along (Node 20 runs no TypeScript).
import { runnerImport } from 'vite';

await runnerImport(new URL('write-scenes.ts', import.meta.url).pathname);
