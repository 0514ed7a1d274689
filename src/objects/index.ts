export { averageInside } from './average';
export { findObjects } from './find';
export { principalAxes } from './axes';
