import type { JobRequest } from '../../job';

/** Percent of cloud over the area beyond which a date may be skipped; the last reads all. */
export const CLOUD_LIMITS_PERCENT: readonly number[] = [50, 60, 70, 80, 90, 95, 100];

/** A date that shows less than a twentieth of the ground tells the network nearly nothing: as a job decides for itself. */
const USUAL_CLOUD_PERCENT = 95;

/** How the radiometric offset is treated: decided scene by scene, or one value for all, in DN. */
export type OffsetChoice = 'automatic' | NonNullable<JobRequest['offsetOverride']>;
export const OFFSET_CHOICES: readonly OffsetChoice[] = ['automatic', 0, -1000];

/** What is read of the scenes that a search finds. */
export class ReadingState {
  cloudPercent = $state(USUAL_CLOUD_PERCENT);
  offset = $state<OffsetChoice>('automatic');

  /** The part of a request that says so. */
  readonly options: Pick<JobRequest, 'maxCloudShare' | 'offsetOverride'> = $derived({
    maxCloudShare: this.cloudPercent / 100,
    ...(this.offset === 'automatic' ? {} : { offsetOverride: this.offset }),
  });
}

export const reading = new ReadingState();
