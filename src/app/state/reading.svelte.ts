import type { JobRequest } from '../../job';

/** Percent of cloud over the area beyond which a date may be skipped; the last reads all. */
export const CLOUD_LIMITS_PERCENT: readonly number[] = [50, 60, 70, 80, 90, 95, 100];

/** A date that shows less than a twentieth of the ground tells the network nearly nothing: as a job decides for itself. */
const USUAL_CLOUD_PERCENT = 95;

/** How the radiometric offset is treated: decided scene by scene, or one value for all, in DN. */
export type OffsetChoice = 'automatic' | NonNullable<JobRequest['offsetOverride']>;
export const OFFSET_CHOICES: readonly OffsetChoice[] = ['automatic', 0, -1000];

/** What becomes of the network's probabilities: each pixel keeps its own, or the mean of its object. */
export type SmoothingChoice = 'none' | NonNullable<JobRequest['smoothing']>;
export const SMOOTHING_CHOICES: readonly SmoothingChoice[] = ['none', 'objects'];

/** What is read of the scenes that a search finds, and what is made of the answer. */
export class ReadingState {
  cloudPercent = $state(USUAL_CLOUD_PERCENT);
  offset = $state<OffsetChoice>('automatic');
  smoothing = $state<SmoothingChoice>('none');

  /** The part of a request that says so. */
  readonly options: Pick<JobRequest, 'maxCloudShare' | 'offsetOverride' | 'smoothing'> = $derived({
    maxCloudShare: this.cloudPercent / 100,
    ...(this.offset === 'automatic' ? {} : { offsetOverride: this.offset }),
    ...(this.smoothing === 'none' ? {} : { smoothing: this.smoothing }),
  });
}

export const reading = new ReadingState();
