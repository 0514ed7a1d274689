import type { JobProgress, Stage } from '../../job';

/** The stages in the order people see them; search and model run side by side. */
export const STAGES: readonly Stage[] = ['search', 'model', 'read', 'segment', 'finish'];

/** The two that start together: neither says anything about the other. */
const SIDE_BY_SIDE: ReadonlySet<Stage> = new Set(['search', 'model']);

export interface StageView {
  readonly stage: Stage;
  readonly status: 'waiting' | 'active' | 'done';
  readonly done: number;
  readonly total: number;
  readonly note: string;
}

export const WAITING_STAGES: readonly StageView[] = STAGES.map((stage) => ({
  stage,
  status: 'waiting',
  done: 0,
  total: 0,
  note: '',
}));

/** Takes one progress report into the list: a stage is done when its count says so or a later one has begun. */
export function advanceStages(before: readonly StageView[], progress: JobProgress): StageView[] {
  const reached = STAGES.indexOf(progress.stage);
  return before.map((view, at) => {
    if (view.stage === progress.stage) {
      const { stage, done, total, note, goesOn = false } = progress;
      return { stage, done, total, note, status: total > 0 && done >= total && !goesOn ? 'done' : 'active' };
    }
    const overtaken = at < reached && !(SIDE_BY_SIDE.has(view.stage) && SIDE_BY_SIDE.has(progress.stage));
    return overtaken ? { ...view, status: 'done' } : view;
  });
}

/** Share of a stage, 0 to 1; a finished stage is whole even where its last report was lost. */
export function shareOf(view: StageView): number {
  if (view.status === 'done') return 1;
  return view.total > 0 ? Math.min(view.done / view.total, 1) : 0;
}
