import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'node_modules', '.bin', 'buf');

/** Runs buf offline in the root of the clone. */
function buf(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(bin, args, { cwd: root, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe.skipIf(!existsSync(bin))('the protos (skipped where buf is not installed)', () => {
  it('keep the style of buf STANDARD, every message and field commented', () => {
    expect(buf('lint')).toEqual({ status: 0, output: '' });
  });

  it('are formatted', () => {
    expect(buf('format', '--diff', '--exit-code')).toEqual({ status: 0, output: '' });
  });

  // Renewed on release: npx buf build -o proto/baseline.binpb
  it('do not break what the baseline promised on the wire and in stored JSON', () => {
    expect(buf('breaking', '--against', 'proto/baseline.binpb')).toEqual({ status: 0, output: '' });
  });

  it('would be caught by that check at taking a field away', () => {
    const changed = mkdtempSync(join(tmpdir(), 'proto-'));
    try {
      cpSync(join(root, 'proto'), join(changed, 'proto'), { recursive: true });
      cpSync(join(root, 'buf.yaml'), join(changed, 'buf.yaml'));
      const scene = join(changed, 'proto/collage/v1/scene.proto');
      writeFileSync(scene, readFileSync(scene, 'utf8').replace('  bool flipped = 5;', ''));
      const { status, output } = buf('breaking', changed, '--against', 'proto/baseline.binpb');
      expect(output).toContain('"flipped"');
      expect(status).toBe(100);
    } finally {
      rmSync(changed, { recursive: true });
    }
  });
});
