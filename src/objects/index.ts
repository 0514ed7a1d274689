export { averageInside } from './average';
export { findObjects, type ObjectMap } from './find';
export { principalAxes } from './axes';
