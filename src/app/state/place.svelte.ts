import { isCropError } from '../../errors';
import { cellByIndex, cellsAt, gridFromBbox, type BboxWgs84, type Cell, type GridWindow, type LonLat } from '../../geo';
import { areaProblem, choiceOfArea, choiceOfCell, MAX_AREA_METRES, type Choice } from '../lib/choice';
import { formatLength } from '../lib/format';
import { windowAround } from '../lib/ground';
import { parsePlace } from '../lib/parse-place';
import type { SampleScene } from '../lib/sample';
import { t } from '../strings';

/** Side of the area made of a single point outside the Czech grid, metres: one comfortable minute of work. */
const POINT_AREA_METRES = 2560;

/** The place of the next map, and the ways to choose it. */
export class PlaceState {
  choice = $state.raw<Choice | null>(null);
  /** Cells that cover one click, where there are several. */
  candidates = $state.raw<readonly Cell[]>([]);
  drawing = $state(false);
  problem = $state<string | null>(null);
  /** The sample that comes with the page; null until found. */
  sample = $state.raw<SampleScene | null>(null);

  chooseCell(cell: Cell): void {
    this.#choose(choiceOfCell(cell));
  }

  chooseSample(): void {
    if (this.sample === null) return;
    this.#choose({ kind: 'sample', title: t.place.sample, grid: this.sample.grid, tiles: [] });
  }

  /** One cell is chosen, several are offered; elsewhere on Earth a small area around the point is taken. */
  chooseAt(lonLat: LonLat): void {
    const cells = cellsAt(lonLat);
    if (cells.length > 1) {
      this.problem = null;
      this.candidates = cells;
      return;
    }
    if (cells.length === 1) this.chooseCell(cells[0]!);
    else this.#chooseWindow(() => windowAround(lonLat, POINT_AREA_METRES));
  }

  /** Any box on Earth within the limits of size. */
  chooseBox(bbox: BboxWgs84): void {
    this.#chooseWindow(() => gridFromBbox(bbox));
  }

  /** The place field; see `parsePlace` for what it reads. */
  chooseText(text: string): void {
    const typed = parsePlace(text);
    switch (typed.kind) {
      case 'cell':
        return this.chooseCell(cellByIndex(typed.index));
      case 'point':
        return this.chooseAt(typed.lonLat);
      case 'box':
        return this.chooseBox(typed.bbox);
      case 'no-such-cell':
        return this.#refuse(t.place.notFound);
      case 'unreadable':
        return this.#refuse(t.place.unreadable);
    }
  }

  clear(): void {
    this.choice = null;
    this.candidates = [];
    this.problem = null;
  }

  /** Escape: first the drawing, then the chooser. */
  back(): boolean {
    if (this.drawing) this.drawing = false;
    else if (this.candidates.length > 0) this.candidates = [];
    else return false;
    return true;
  }

  #chooseWindow(find: () => GridWindow): void {
    this.drawing = false;
    try {
      const grid = find();
      const problem = areaProblem(grid);
      if (problem === null) this.#choose(choiceOfArea(grid));
      else this.#refuse(problem);
    } catch (error) {
      if (!isCropError(error)) throw error;
      // The geometry's own limit is far wider than this page's; people should be told of one only.
      this.#refuse(
        error.code === 'geo/area-too-large' ? t.place.tooLarge(formatLength(MAX_AREA_METRES)) : error.message,
      );
    }
  }

  #choose(choice: Choice): void {
    this.clear();
    this.drawing = false;
    this.choice = choice;
  }

  #refuse(problem: string): void {
    this.candidates = [];
    this.problem = problem;
  }
}

export const place = new PlaceState();
