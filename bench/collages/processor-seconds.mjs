import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/**
 * Seconds of processor time that processes, all their threads and all their descendants have used so far, each counted
 * once (Linux). Descendants that ended count as soon as their parent has waited for them. Resolution: one clock tick, 0.01 s.
 */
export function processorSeconds(...processIds) {
  const running = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readProcess)
    .filter(Boolean);
  const counted = running.filter(({ id }) => processIds.includes(id));
  for (const { id } of counted) {
    counted.push(...running.filter((process) => process.parent === id && !counted.includes(process)));
  }
  return counted.reduce((ticks, process) => ticks + process.ticks, 0) / ticksPerSecond;
}

/** The fields of /proc/ID/stat that matter, after the name in brackets; undefined where it ended meanwhile. */
function readProcess(name) {
  try {
    const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15);
    return { id: Number(name), parent: fields[1], ticks: user + system + endedUser + endedSystem };
  } catch {
    return undefined;
  }
}
