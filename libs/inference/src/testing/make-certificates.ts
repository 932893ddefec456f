import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes, with openssl, authorities by name (`NAME.crt`), each of which signs a server's (`NAME-server.crt`, `.key`, for
 * 127.0.0.1 and localhost) and a client's certificate (`NAME-client.crt`, `.key`), good for a day.
 */
export function makeCertificates(folder: string, names: readonly string[]): void {
  const run = (...args: string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  for (const name of names) {
    run(
      'req',
      '-x509',
      ...curve,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-days',
      '1',
      '-subj',
      `/CN=${name}`,
    );
    for (const role of ['server', 'client']) {
      const each = `${name}-${role}`;
      run('req', ...curve, '-keyout', `${each}.key`, '-out', `${each}.csr`, '-subj', `/CN=${each}`);
      const signedBy = ['-CA', `${name}.crt`, '-CAkey', `${name}.key`, '-CAcreateserial'];
      run(
        'x509',
        '-req',
        '-in',
        `${each}.csr`,
        '-out',
        `${each}.crt`,
        ...signedBy,
        '-days',
        '1',
        '-extfile',
        'names',
      );
    }
  }
}
