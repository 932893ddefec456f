#!/usr/bin/env node
/**
 * Writes the code generated from `proto/`: TypeScript into `libs/proto/src`, Python into
 * `python-inference/gen`. Both are committed, so that a user's machine needs neither buf nor
 * protoc; `npm run check` runs this again and fails on a difference.
 *
 * protoc is the one inside PyPI's grpcio-tools, for both languages.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { python, setUpPython } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
await setUpPython({ withTests: true });

const ours = readdirSync('proto/collage/v1')
  .filter((name) => name.endsWith('.proto'))
  .sort()
  .map((name) => `proto/collage/v1/${name}`);

function protoc(...args) {
  execFileSync(python, ['-m', 'grpc_tools.protoc', '-Iproto', ...args], { stdio: 'inherit' });
}

const tsOut = 'libs/proto/src';
rmSync(tsOut, { recursive: true, force: true });
mkdirSync(tsOut, { recursive: true });
const tsOptions = [
  'outputServices=grpc-js',
  'env=node',
  'esModuleInterop=true',
  'importSuffix=.js',
  'forceLong=string',
  'oneof=unions-value',
  'useDate=true',
  'removeEnumPrefix=true',
  'unrecognizedEnum=true',
].join(',');
// googleapis-common-protos carries google/rpc/*.proto: gRPC's standard error details.
const sitePackages = execFileSync(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], {
  encoding: 'utf8',
}).trim();
protoc(
  `-I${sitePackages}`,
  `--plugin=protoc-gen-ts_proto=${join('node_modules', '.bin', 'protoc-gen-ts_proto')}`,
  `--ts_proto_out=${tsOut}`,
  `--ts_proto_opt=${tsOptions}`,
  ...ours,
  'google/rpc/status.proto',
  'google/rpc/error_details.proto',
);

const pythonOut = 'python-inference/gen';
rmSync(pythonOut, { recursive: true, force: true });
mkdirSync(pythonOut, { recursive: true });
const bin = fileURLToPath(new URL(`../${join('.venv', 'bin')}`, import.meta.url));
protoc(
  `--plugin=protoc-gen-mypy_grpc=${join(bin, 'protoc-gen-mypy_grpc')}`,
  `--python_out=${pythonOut}`,
  `--pyi_out=${pythonOut}`,
  `--grpc_python_out=${pythonOut}`,
  `--mypy_grpc_out=${pythonOut}`,
  ...ours,
);
