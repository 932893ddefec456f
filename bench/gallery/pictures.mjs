import { readFileSync } from 'node:fs';
import { library } from '../collages/workshop.mjs';

const { default: sharp } = await import('sharp');
const { renderScene } = await library('render/src/render-scene.js');
const { drawSheet, SHEET } = await library('render/src/sheet.js');
const { Scene } = await library('proto/src/collage/v1/scene.js');

/** Pixels. */
const FINISHED_HEIGHT = 640;
const PANEL_HEIGHT = 224;
const SHOWN_STEPS = [1, 50, 100];
const JPEG = { quality: 82, mozjpeg: true };

/** JPEG of a finished scene (proto3 JSON). */
export async function finished(scene, loadCutout) {
  return sharp(await rendered(scene, FINISHED_HEIGHT, loadCutout))
    .jpeg(JPEG)
    .toBuffer();
}

/**
 * JPEG of the climb: the notebook's iterates above ours, or, without a baseline, the gradient alone beside the collage.
 *
 * @param run a recorded run (run.json)
 * @param baseline files of the notebook's iterates by step
 */
export async function comparison(run, baseline, loadCutout) {
  const ours = (step) => run.steps.findLast((each) => each.step <= step).scene;
  const rows = baseline
    ? [
        SHOWN_STEPS.map((step) => ({
          caption: `as coded, step ${step}`,
          picture: readFileSync(baseline[step]),
        })),
        await panels(
          SHOWN_STEPS.map((step) => ({ caption: `ours, step ${step}`, scene: ours(step) })),
          loadCutout,
        ),
      ]
    : [
        await panels(
          [
            { caption: 'gradient alone', scene: { ...run.steps[0].scene, layers: [] } },
            { caption: 'best layout', scene: run.steps[0].scene },
            { caption: 'finished', scene: run.scene },
          ],
          loadCutout,
        ),
      ];
  return sharp(await sheetOf(rows))
    .jpeg(JPEG)
    .toBuffer();
}

function panels(shown, loadCutout) {
  return Promise.all(
    shown.map(async ({ caption, scene }) => ({
      caption,
      picture: await rendered(scene, PANEL_HEIGHT, loadCutout),
    })),
  );
}

async function rendered(scene, height, loadCutout) {
  const { data, width, channels } = await renderScene(Scene.fromJSON(scene), height, loadCutout);
  return sharp(data, { raw: { width, height, channels } }).png().toBuffer();
}

function sheetOf(rows) {
  const step = { x: PANEL_HEIGHT + SHEET.gap / 2, y: PANEL_HEIGHT + SHEET.captionHeight };
  const placed = rows.flatMap((row, down) =>
    row.map((panel, across) => ({ ...panel, left: across * step.x, top: down * step.y })),
  );
  const captions = placed.map(({ caption, left, top }) => ({
    text: caption,
    left,
    top: top + PANEL_HEIGHT,
    width: PANEL_HEIGHT,
  }));
  const size = { width: 3 * step.x - SHEET.gap / 2, height: rows.length * step.y };
  return drawSheet(size, placed, captions);
}
