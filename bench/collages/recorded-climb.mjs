import { library } from './workshop.mjs';
import { processorSeconds } from './processor-seconds.mjs';

const { colorBackground } = await library('pipeline/src/stages/4-background.js');
const { arrange } = await library('pipeline/src/stages/5-layouts.js');
const { optimize } = await library('pipeline/src/stages/6-optimize.js');
const { StageClock } = await library('pipeline/src/stage-clock.js');
const { Scene } = await library('proto/src/collage/v1/scene.js');

/**
 * Stages 4 to 6 of a collage whose cut-outs are found, with the processor time used when each scene was there.
 *
 * `cpuSeconds` is the sidecar's since stage 4 began, `orchestratorSeconds` this process's; the second holds the little
 * that recording costs. A step's time is read when its scene arrives: the next step has begun by then, so it is never
 * too small.
 *
 * @returns phases (background, layouts, climb) with the times at their ends; searched, the winner of each round of
 *   variations; steps with their scenes, step 0 the best
 *   layout; the scene that the product hands on, and the scores the product gives start and end
 */
export async function recordedClimb(collage, options, tools, sidecarId) {
  await warmUp(tools);
  const [sidecarStart, ownStart] = [processorSeconds(sidecarId), process.cpuUsage()];
  function used() {
    const { user, system } = process.cpuUsage(ownStart);
    return {
      cpuSeconds: round(processorSeconds(sidecarId) - sidecarStart),
      orchestratorSeconds: round((user + system) / 1e6),
    };
  }
  const phases = [];
  const untimed = new StageClock(Infinity, () => 0);
  const { background } = await resultOf(colorBackground(collage, options, tools, untimed));
  phases.push({ name: 'background', ...used() });

  const searched = [];
  // Without spare cut-outs: all optimizers that are compared work with the same ones.
  const arranging = arrange(collage, [], background, options, tools, untimed);
  const { layouts } = await resultOf(arranging, ({ $case, value }) => {
    if ($case !== 'optimized') return;
    searched.push({ round: value.progress.step, ...used(), scene: Scene.toJSON(value.progress.scene) });
  });
  phases.push({ name: 'layouts', ...used() });

  const steps = [{ step: 0, ...used(), scene: Scene.toJSON(layouts[0].scene) }];
  let climbedBy;
  const climb = optimize({ ...collage, layouts }, background, options, tools, untimed);
  const climbed = await resultOf(climb, ({ $case, value }) => {
    // The product judges what it climbed; no other optimizer does, so that is not counted.
    if ($case === 'stageProgressed' && value.unit !== 'steps') climbedBy ??= used();
    if ($case !== 'optimized') return;
    const { step, scene } = value.progress;
    steps.push({ step, ...used(), scene: Scene.toJSON(scene) });
  });
  phases.push({ name: 'climb', ...(climbedBy ?? used()) });
  const { scene, startScore, score, stepCount } = climbed;
  return { phases, searched, steps, scene: Scene.toJSON(scene), startScore, score, stepCount };
}

/** What a model's first call costs (memory, kernels chosen) is no part of a collage. */
async function warmUp(tools) {
  const { newComposer } = await tools.inference();
  const composer = newComposer(() => Promise.reject(new Error('an empty scene names no cut-out')));
  const color = { red: 0.5, green: 0.5, blue: 0.5 };
  const background = { angleDegrees: 0, stops: [{ offset: 0, color }] };
  const objective = { prompt: 'warm-up', keyphrases: [], negatives: [] };
  const scenes = [{ aspectRatio: 1, background, layers: [] }];
  for await (const _ of composer.scoreScenes(objective, scenes, { viewCount: 8, seed: 0 }));
}

/** Runs a stage to its end. */
async function resultOf(stage, onEvent = () => {}) {
  let step = await stage.next();
  while (!step.done) {
    onEvent(step.value);
    step = await stage.next();
  }
  return step.value;
}

function round(seconds) {
  return Math.round(seconds * 1000) / 1000;
}
