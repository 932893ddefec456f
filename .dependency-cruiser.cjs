/**
 * The dependency rule of ARCHITECTURE.md:
 * proto <- {scene, places} <- {keyphrases, licensing, inference, render, blobs, fetch, database} <- photos <- pipeline <- collages <- apps;
 * siblings in braces never import each other, save that fetch keeps what it fetched in blobs; config is read by
 * apps only.
 */
const order = [
  ['proto'],
  ['scene', 'places'],
  ['keyphrases', 'licensing', 'inference', 'render', 'blobs', 'fetch', 'database'],
  ['photos'],
  ['pipeline'],
  ['collages'],
];
const libs = order.flat();
/** Siblings that may be imported all the same. */
const exceptions = { fetch: ['blobs'] };

/** For each library, everything it may not import: its siblings and all that comes after it. */
const layers = order.flatMap((names, index) =>
  names.map((name) => ({
    name: `${name}-imports-only-what-comes-before`,
    severity: 'error',
    from: { path: `^libs/${name}/` },
    to: {
      path: `^(apps|libs/(${libs
        .filter((other) => other !== name && !order.slice(0, index).flat().includes(other))
        .filter((other) => !exceptions[name]?.includes(other))
        .concat('config')
        .join('|')}))/`,
    },
  })),
);

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'config-imports-nothing',
      severity: 'error',
      from: { path: '^libs/config/' },
      to: { path: '^(apps|libs/(?!config))' },
    },
    {
      name: 'config-is-read-by-apps-only',
      severity: 'error',
      from: { path: '^libs/(?!config)' },
      to: { path: '^libs/config/' },
    },
    {
      name: 'only-inference-imports-grpc',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/(inference|proto)/' },
      to: { path: 'node_modules/@grpc/' },
    },
    {
      name: 'only-fetch-makes-http-requests',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/(fetch|blobs/src/testing)/' },
      to: { path: '^(node:)?https?$|node_modules/(axios|request-filtering-agent)/' },
    },
    {
      name: 'only-blobs-imports-the-s3-sdk',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/blobs/' },
      to: { path: 'node_modules/@aws-sdk/' },
    },
    {
      name: 'api-loads-no-stages',
      severity: 'error',
      from: { path: '^apps/api/src/', pathNot: '/testing/|\\.test\\.ts$' },
      to: {
        path: '^libs/(pipeline/src/(stages/|stage-steps|run-stage|make-collage)|collages/src/collage-(maker|queue))',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'scene-is-pure',
      severity: 'error',
      from: { path: '^libs/scene/src/(?!.*\\.test\\.ts$)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-render-and-photos-import-sharp',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/(render|photos|inference/src/testing)/|\\.test\\.ts$' },
      to: { path: 'node_modules/sharp/' },
    },
    { name: 'no-circles', severity: 'error', from: { pathNot: '^libs/proto/src/' }, to: { circular: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist' },
  },
};
