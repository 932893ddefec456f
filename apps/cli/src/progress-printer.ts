import {
  Collage_State as State,
  type CollageEvent,
  type CollageEvent_Skipped,
} from '@collage/proto/collage/v1/collage.js';
import { describeModels } from '@collage/licensing/describe-models.js';
import { countSkipped } from '@collage/pipeline/count-skipped.js';

const titles: Partial<Record<State, string>> = {
  [State.FINDING_KEYPHRASES]: 'keyphrases',
  [State.FINDING_PHOTOS]: 'photos',
  [State.CUTTING_OUT]: 'cut-outs',
  [State.COLORING_BACKGROUND]: 'background',
  [State.ARRANGING]: 'layouts',
  [State.OPTIMIZING]: 'optimize',
  [State.RENDERING]: 'render',
};
const BAR_WIDTH = 24;
const SHOWN_EXAMPLES = 3;
/** Without a terminal a line is printed at most this often, in seconds. */
const PLAIN_INTERVAL = 5;

/** Where the printer writes; a terminal gets a moving bar, anything else whole lines. */
export interface TextOutput {
  write(text: string): unknown;
  isTTY?: boolean;
}

/** Prints what happens to a collage, for a person: each stage with its progress, an estimate, and its time. */
export class ProgressPrinter {
  private stageBegan = 0;
  private lastPrinted = 0;
  private unit = '';
  private readonly skips: CollageEvent_Skipped[] = [];
  private areCreditsWritten = false;

  constructor(
    private readonly output: TextOutput,
    private readonly now: () => number,
  ) {}

  print({ event }: CollageEvent): void {
    switch (event?.$case) {
      case 'stageStarted':
        this.stageBegan = this.lastPrinted = this.now();
        this.unit = '';
        break;
      case 'stageProgressed':
        this.progress(event.value.state, event.value.doneCount, event.value.totalCount, event.value.unit);
        break;
      case 'stageFinished':
        this.line(
          `${this.areCreditsWritten ? 'credits    ' : name(event.value.state)} ` +
            `${event.value.durationSeconds.toFixed(1).padStart(6)} s`,
        );
        break;
      case 'creditsWritten':
        // Picture and credits share a state.
        this.areCreditsWritten = true;
        break;
      case 'skipped':
        this.skips.push(event.value);
        break;
      case 'keyphrasesFound':
        for (const { text, weight } of event.value.keyphrases) this.line(`    ${weight.toFixed(2)}  ${text}`);
        for (const warning of event.value.warnings) this.line(`    note: ${warning}`);
        break;
      case 'photosFound':
        this.line(`    ${event.value.photos.length} photos, best: ${titlesOf(event.value.photos)}`);
        break;
      case 'cutoutsFound':
        this.line(`    ${event.value.cutouts.length} cut-outs`);
        break;
      case 'modelsChosen':
        this.line(`    ${describeModels({ models: event.value, evaluation: undefined })}`);
        break;
      case 'layoutsScored':
        this.line(
          `    best of ${event.value.layoutCount} layouts: ${event.value.best[0]?.score?.score.toFixed(4)}`,
        );
        break;
    }
  }

  /** Prints what was left out so far and why, by reason. */
  printSkipped(): void {
    for (const { reason, count, examples } of countSkipped(this.skips)) {
      const shown = examples.slice(0, SHOWN_EXAMPLES);
      const more = count > shown.length ? ', ...' : '';
      const { detail } = this.skips.find((skip) => skip.reason === reason)!;
      this.line(`    left out: ${count} x ${reason}, ${detail} (${shown.join(', ')}${more})`);
    }
  }

  line(text: string): void {
    this.output.write(this.output.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
  }

  private progress(state: State, done: number, total: number, unit: string): void {
    const now = this.now();
    const isNews = unit !== this.unit;
    if (isNews) {
      this.unit = unit;
      this.stageBegan = now;
    }
    // A new unit shows at once on a terminal: its first step may take long.
    const interval = this.output.isTTY ? (isNews ? 0 : 0.1) : PLAIN_INTERVAL;
    if (now - this.lastPrinted < interval) return;
    this.lastPrinted = now;
    const share = total > 0 ? Math.min(done / total, 1) : 0;
    const left =
      share > 0.02 ? `about ${Math.ceil(((now - this.stageBegan) * (1 - share)) / share)} s left` : '';
    const bar = '#'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '.');
    const text = `${name(state)} [${bar}] ${done}/${total} ${unit} ${left}`;
    this.output.write(this.output.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  }
}

function name(state: State): string {
  return (titles[state] ?? State[state] ?? '').padEnd(11);
}

function titlesOf(photos: { credit?: { title: string } }[]): string {
  return photos
    .slice(0, 3)
    .map(({ credit }) => `"${credit?.title ?? ''}"`)
    .join(', ');
}
